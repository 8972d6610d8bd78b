"""Who can be asked for the values of a bind: one module a provider, by the scheme of its `location`."""

from __future__ import annotations

from naftiko_runtime.host.files.providers.files import FILES
from naftiko_runtime.host.files.providers.folders import KUBERNETES
from naftiko_runtime.host.files.providers.provider import Asked, Provider
from naftiko_runtime.host.files.providers.vault import VAULT

PROVIDERS: dict[str, Provider] = {"file": FILES, "k8s-secret": KUBERNETES, "vault": VAULT}
"""Each provider by its scheme. The plan knows these by name (`SCHEMES`), so that a file is judged without them."""

__all__ = ["PROVIDERS", "Asked", "Provider"]
