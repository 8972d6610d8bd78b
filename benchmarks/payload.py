"""What does the upstream of every benchmark answer? One list of jobs of about 3.5 KB, as list operations return.

ASCII without quotes, backslashes or dollar signs inside its texts, so that an nginx configuration can hold it as it is.
"""

from __future__ import annotations

import json

_STATES = ("queued", "running", "succeeded", "failed", "cancelled")


def _job(number: int) -> dict[str, object]:
    return {
        "object": "tuning.job",
        "id": f"job-{number:04d}-8f3ac1d27be94450",
        "model": "small-instruct-v2",
        "created_at": 1_770_000_000 + 3_600 * number,
        "finished_at": None if number % 3 else 1_770_003_599 + 3_600 * number,
        "status": _STATES[number % len(_STATES)],
        "hyperparameters": {"epochs": 3, "batch_size": 8, "learning_rate": 0.0001, "packed": number % 2 == 0},
        "training_file": f"file-{number:08d}",
        "validation_file": None,
        "trained_tokens": 10_000 + 977 * number,
    }


JOB_LIST = json.dumps(
    {"object": "list", "data": [_job(number) for number in range(11)], "has_more": False}, separators=(",", ":")
).encode()
"""The body, JSON."""
