"""The port to upstream APIs and its adapters."""

from __future__ import annotations

from naftiko_runtime.engine.upstream.httpx_transport import HttpxUpstream
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError, Upstream, UpstreamResponse
from naftiko_runtime.engine.upstream.reqwest_client import ReqwestUpstream

__all__ = ["HttpxUpstream", "Limits", "ReqwestUpstream", "ResponseTooLargeError", "Upstream", "UpstreamResponse"]
