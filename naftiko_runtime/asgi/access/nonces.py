"""Was this nonce given by us, lately, and was it used with this count before? (RFC 7616 §3.3, §5.4)

A nonce is sealed: it says when it was made, and only who knows the seed can make one. So nothing is kept of nonces that
were given away, and every worker knows those of the others. What is kept, bounded, are the counts of those that were
answered rightly: an answer that was overheard is not taken a second time by the process that took it.
"""

from __future__ import annotations

import binascii
import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

LIFETIME = 300.0
"""Seconds a nonce may be answered to."""

_KEPT = 4096
# Requests of one client overtake each other on parallel connections; further behind than this they are too old.
_WINDOW = 64
_TIME_BYTES, _RANDOM_BYTES, _SEAL_BYTES = 8, 8, 16


class Nonces:
    """Makes nonces and judges them. `seed` seals them; `clock` gives seconds since the epoch."""

    def __init__(self, seed: bytes, clock: Callable[[], float] = time.time) -> None:
        self._seed = seed
        self._clock = clock
        self._seen: dict[str, tuple[int, int]] = {}
        self._forgotten = 0

    def make(self) -> str:
        """A new nonce."""
        plain = int(self._clock() * 1000).to_bytes(_TIME_BYTES, "big") + os.urandom(_RANDOM_BYTES)
        return urlsafe_b64encode(plain + self._seal(plain)).decode()

    def take(self, nonce: str, count: int) -> bool:
        """Whether a nonce may be answered to with this count; from then on it may not be again."""
        made = self._made(nonce)
        if made is None or not 0 <= self._clock() * 1000 - made <= LIFETIME * 1000:
            return False
        known = self._seen.pop(nonce, None)
        if known is None and made <= self._forgotten:
            return False
        highest, mask = known or (0, 0)
        if count > highest:
            mask = (mask << min(count - highest, _WINDOW)) | 1
            taken, highest = True, count
        else:
            bit = 1 << (highest - count)
            taken = highest - count < _WINDOW and not mask & bit
            mask |= bit if taken else 0
        self._seen[nonce] = (highest, mask & (1 << _WINDOW) - 1)
        if len(self._seen) > _KEPT:
            self._forget()
        return taken

    def _forget(self) -> None:
        """Forget the nonce that was used longest ago, and take none as old as that any more."""
        oldest = next(iter(self._seen))
        del self._seen[oldest]
        self._forgotten = max(self._forgotten, self._made(oldest) or 0)

    def _made(self, nonce: str) -> int | None:
        """When a nonce was made, in milliseconds since the epoch; None for one that is not ours."""
        try:
            raw = urlsafe_b64decode(nonce.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            return None
        plain, seal = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
        is_ours = len(plain) == _TIME_BYTES + _RANDOM_BYTES and hmac.compare_digest(seal, self._seal(plain))
        return int.from_bytes(plain[:_TIME_BYTES], "big") if is_ours else None

    def _seal(self, plain: bytes) -> bytes:
        return hmac.digest(self._seed, plain, "sha256")[:_SEAL_BYTES]
