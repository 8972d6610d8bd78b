"""What the two files the project was founded on must send upstream, call by call. They are not part of the project."""

from __future__ import annotations

from tests.acceptance.exchange import DOCUMENT, ODD, ODD_SEGMENT, Capability, Exchange
from tests.runner import ROOT

SEEDS = ROOT.parent / "shared" / "seeds"

JOBS = "/v1/fine-tuning/jobs"
UPSTREAM_JOBS = "/v1/fine_tuning/jobs"

PORTKEY = Capability(
    SEEDS / "portkey-fine-tuning.yaml",
    "https://api.portkey.ai/v1",
    "/v1",
    "PORTKEY_API_KEY",
    (
        Exchange("GET listpaginatedfinetuningjobs", JOBS, "list-your-organization-s-fine-tuning", {}, UPSTREAM_JOBS),
        Exchange(
            "GET listpaginatedfinetuningjobs",
            f"{JOBS}?after=x%26y&limit=5",
            "list-your-organization-s-fine-tuning",
            {"after": "x&y", "limit": 5},
            UPSTREAM_JOBS,
            (("after", "x&y"), ("limit", "5")),
        ),
        Exchange(
            "GET retrievefinetuningjob",
            f"{JOBS}/{ODD_SEGMENT}",
            "get-info-about-fine-tuning",
            {"fine_tuning_job_id": ODD},
            f"{UPSTREAM_JOBS}/{ODD_SEGMENT}",
        ),
        Exchange(
            "POST cancelfinetuningjob",
            f"{JOBS}/{ODD_SEGMENT}/cancel",
            "immediately-cancel-fine-tune-job",
            {"fine_tuning_job_id": ODD},
            f"{UPSTREAM_JOBS}/{ODD_SEGMENT}/cancel",
        ),
        Exchange(
            "GET listfinetuningjobcheckpoints",
            f"{JOBS}/{ODD_SEGMENT}/checkpoints?limit=5",
            "list-checkpoints-fine-tuning-job",
            {"fine_tuning_job_id": ODD, "limit": 5},
            f"{UPSTREAM_JOBS}/{ODD_SEGMENT}/checkpoints",
            (("limit", "5"),),
        ),
        Exchange(
            "GET listfinetuningjobcheckpoints",
            f"{JOBS}/ftjob-1/checkpoints?after=x%26y",
            "list-checkpoints-fine-tuning-job",
            {"fine_tuning_job_id": "ftjob-1", "after": "x&y"},
            f"{UPSTREAM_JOBS}/ftjob-1/checkpoints",
            (("after", "x&y"),),
        ),
        Exchange(
            "GET listfinetuningevents",
            f"{JOBS}/ftjob-1/events?after=%C3%A9&limit=0",
            "get-status-updates-fine-tuning",
            {"fine_tuning_job_id": "ftjob-1", "after": "é", "limit": 0},
            f"{UPSTREAM_JOBS}/ftjob-1/events",
            (("after", "é"), ("limit", "0")),
        ),
        Exchange(
            "GET listfinetuningevents",
            f"{JOBS}/ftjob-1/events",
            "get-status-updates-fine-tuning",
            {"fine_tuning_job_id": "ftjob-1"},
            f"{UPSTREAM_JOBS}/ftjob-1/events",
        ),
    ),
)

TUNES = "/v1/fine-tunes"

TOGETHER = Capability(
    SEEDS / "together-ai-fine-tuning.yaml",
    "https://api.together.ai/v1",
    "/v1",
    "TOGETHER_AI_API_KEY",
    (
        Exchange("POST post", TUNES, "create-job", {"body": DOCUMENT}, TUNES, document=DOCUMENT),
        Exchange("GET get", TUNES, "list-all-jobs", {}, TUNES),
        Exchange(
            "POST post",
            f"{TUNES}/estimate-price",
            "estimate-price",
            {"body": DOCUMENT},
            f"{TUNES}/estimate-price",
            document=DOCUMENT,
        ),
        Exchange(
            "GET get",
            f"{TUNES}/models/limits?model_name=x%26y",
            "get-model-limits",
            {"model_name": "x&y"},
            f"{TUNES}/models/limits",
            (("model_name", "x&y"),),
        ),
        Exchange("GET get", f"{TUNES}/models/supported", "list-supported-models", {}, f"{TUNES}/models/supported"),
        Exchange("GET get", f"{TUNES}/{ODD_SEGMENT}", "list-job", {"id": ODD}, f"{TUNES}/{ODD_SEGMENT}"),
        Exchange(
            "DELETE delete",
            f"{TUNES}/{ODD_SEGMENT}?force=true",
            "delete-fine-tune-job",
            {"id": ODD, "force": True},
            f"{TUNES}/{ODD_SEGMENT}",
            (("force", "true"),),
        ),
        Exchange("DELETE delete", f"{TUNES}/5", "delete-fine-tune-job", {"id": "5"}, f"{TUNES}/5"),
        Exchange(
            "POST post", f"{TUNES}/{ODD_SEGMENT}/cancel", "cancel-job", {"id": ODD}, f"{TUNES}/{ODD_SEGMENT}/cancel"
        ),
        Exchange(
            "GET get", f"{TUNES}/ft-1/checkpoints", "list-checkpoints", {"id": "ft-1"}, f"{TUNES}/ft-1/checkpoints"
        ),
        Exchange("GET get", f"{TUNES}/ft-1/events", "list-job-events", {"id": "ft-1"}, f"{TUNES}/ft-1/events"),
        Exchange("GET get", f"{TUNES}/ft-1/metrics", "get-metrics", {"id": "ft-1"}, f"{TUNES}/ft-1/metrics"),
        Exchange(
            "GET get",
            f"{TUNES}/ft-1/metrics",
            "get-metrics",
            {"id": "ft-1", "body": DOCUMENT},
            f"{TUNES}/ft-1/metrics",
            document=DOCUMENT,
        ),
        Exchange(
            "GET get",
            "/v1/finetune/download?ft_id=ft%3Ajob%2F1%20%C3%A9&checkpoint_step=5&checkpoint=x%26y",
            "download-model",
            {"ft_id": ODD, "checkpoint_step": 5, "checkpoint": "x&y"},
            "/v1/finetune/download",
            (("ft_id", ODD), ("checkpoint_step", "5"), ("checkpoint", "x&y")),
        ),
        Exchange(
            "GET get",
            "/v1/finetune/download?ft_id=ft-1",
            "download-model",
            {"ft_id": "ft-1"},
            "/v1/finetune/download",
            (("ft_id", "ft-1"),),
        ),
    ),
)
