"""The fast path for Django REST framework: `FastListMixin`, first in a list view's bases.

Imported on first use: as an app in INSTALLED_APPS this package is imported before there are models,
and rest_framework.views may import some.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rowpath.fast.drf.answering.responses import Outcome, outcome_of
    from rowpath.fast.drf.asynchronous import AsyncFastListMixin
    from rowpath.fast.drf.mixin import FastListMixin, FastMixin
    from rowpath.fast.drf.serializer import FastSerializer
    from rowpath.fast.drf.streaming import StreamingList

__all__ = [
    "AsyncFastListMixin",
    "FastListMixin",
    "FastMixin",
    "FastSerializer",
    "Outcome",
    "StreamingList",
    "outcome_of",
]

_HOMES = {
    "AsyncFastListMixin": "asynchronous",
    "FastListMixin": "mixin",
    "FastMixin": "mixin",
    "FastSerializer": "serializer",
    "Outcome": "answering.responses",
    "StreamingList": "streaming",
    "outcome_of": "answering.responses",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
