"""When does the garbage collector look for circles?

A folder of capabilities becomes hundreds of thousands of objects that all live on. Looking through them again and again
while they are made costs a third of the loading, and later each look would stop every request for a tenth of a second.
So the collector rests while they are made, and then leaves alone what is there. What a reload replaces is still freed
by its reference count; only circles among the first generation of plans stay, once.

A reload makes tens of thousands of objects at once, too, beside requests that are under way. The collector waits until
they are made, so that looking through them stops no request; it leaves nothing alone then, because the circles of these
requests have to go.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def waiting() -> Iterator[None]:
    """Make many objects beside requests that are answered."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def resting() -> Iterator[None]:
    """Make many objects that live on. For the start of a process that is ours alone."""
    with waiting():
        try:
            yield
        finally:
            gc.freeze()
