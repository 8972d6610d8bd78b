"""Tests capabilities without a network: an upstream that answers by script and remembers what it was asked.

pytest finds the fixture `capability` by itself; the names below are for annotations. See docs/testing.md.
"""

from __future__ import annotations

from naftiko_runtime.testing.factory import CapabilityFactory
from naftiko_runtime.testing.request import ReceivedRequest
from naftiko_runtime.testing.script import Script
from naftiko_runtime.testing.upstream import StubUpstream

__all__ = ["CapabilityFactory", "ReceivedRequest", "Script", "StubUpstream"]
