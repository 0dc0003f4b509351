"""What stands around a project's lists while they are asked for."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What `make(user)` of a `world_PROJECT.py` returns: rows are made, and this leads to them."""

    around: AbstractContextManager[Any] = field(default_factory=nullcontext)
    """What a middleware of the project does around each request."""
    kwargs: Mapping[str, object] = field(default_factory=dict)
    """What stands in URLs, by the names of their parameters."""
    query: Mapping[str, object] = field(default_factory=dict)
