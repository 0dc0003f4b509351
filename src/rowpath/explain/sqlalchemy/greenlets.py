"""The frames that wait while SQLAlchemy's asyncio extension runs the ORM in a greenlet."""

import asyncio
import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from types import FrameType

# SQLAlchemy brings it with its extra `asyncio` alone.
_GREENLET = importlib.import_module("greenlet") if find_spec("greenlet") is not None else None


def blocks_the_loop() -> bool:
    """Return whether what runs now is the event loop's own code, which nothing else can interrupt.

    An AsyncSession runs the ORM in a greenlet, from which the loop gets its turns.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return _GREENLET is None or _GREENLET.getcurrent().parent is None


def waiting_frames() -> Iterator[FrameType]:
    """Yield the innermost frame of each greenlet that waits for the current one."""
    greenlet = None if _GREENLET is None else _GREENLET.getcurrent().parent
    while greenlet is not None:
        if greenlet.gr_frame is not None:
            yield greenlet.gr_frame
        greenlet = greenlet.parent
