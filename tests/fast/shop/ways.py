"""A view as DRF has it and as the fast path has it."""

from typing import Any

from rowpath.fast.drf import FastListMixin, StreamingList

_STREAMING = ("stream_above_rows", "slow_client_timeout_s", "stream_instances")


def fast(view: Any) -> Any:
    """Return `view` with the mixin, StreamingList if it says when to stream; its name is shown."""
    own = {name: getattr(view, name) for name in _STREAMING if hasattr(view, name)}
    return type(view.__name__, (StreamingList if own else FastListMixin, view), own)
