"""Which status has each reason for which a REST request is refused or fails (C16)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from naftiko_runtime.engine.outcome import FailureKind
from naftiko_runtime.errors import FieldError

NO_ROUTE = "NK8007"
NO_METHOD = "NK8008"
BODY_TOO_LARGE = "NK8009"
BODY_UNREADABLE = "NK8010"
BODY_TYPE = "NK8011"
NOT_ACCEPTABLE = "NK8016"

STATUS: Mapping[FailureKind, int] = {
    FailureKind.ARGUMENTS: 400,
    FailureKind.UPSTREAM_STATUS: 502,
    FailureKind.TRANSPORT: 502,
    FailureKind.DEADLINE: 504,
    FailureKind.TOO_LARGE: 502,
    FailureKind.DECODING: 502,
    FailureKind.NO_BASE_ADDRESS: 502,
    FailureKind.INTERNAL: 500,
    FailureKind.NOT_SERVED: 501,
    FailureKind.CREDENTIAL: 502,
    FailureKind.SCRIPT: 500,
    FailureKind.STEP: 502,
}
"""The status of each failure. An upstream's own status passes instead of 502 where it is known."""


class RefusalError(Exception):
    """This face refuses the request; nothing reached an upstream. `headers` go with the answer, names in lower case."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldError] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.headers = tuple(headers)
        super().__init__(detail)
