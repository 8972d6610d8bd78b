"""Credentials that upstreams and authorization servers have to be asked for."""

from __future__ import annotations

from naftiko_runtime.engine.authentication.credentials import Credentials

__all__ = ["Credentials"]
