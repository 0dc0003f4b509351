from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rowpath.fast.encoding.objects import Member as Described

KINDS: dict[str, int]

class Mark: ...

SKIPPED: Mark
RAW: Mark
DATA: Mark
LIST: Mark
END: Mark

class Member:
    field: Any
    name: str
    kind: int
    write: Callable[[Any], Any]

class Program:
    members: tuple[Member, ...]
    def __init__(self, described: Iterable[Described]) -> None: ...

class Rows:
    serializer: Any
    theirs: Callable[[Any], Any]
    is_by_drf: bool
    def __init__(
        self,
        serializer: object,
        theirs: Callable[[Any], Any],
        programs: Callable[[type], Program | None] | None,
        made: dict[str, Any],
        instead: Callable[[], Rows] | None = None,
        holds: Callable[[], bool] | None = None,
        is_by_drf: bool = False,
    ) -> None: ...

class Drfs:
    def __init__(
        self,
        skip: type[Exception],
        unread: object,
        is_ours: Callable[[Exception, str], bool],
        add_rest: Callable[[Any, str, Any, dict[str, Any], Any], None],
        restored: Callable[[Sequence[Any], int], Any],
    ) -> None: ...

class Array:
    tape: list[Any]
    has_used: bool
    def __init__(
        self, drfs: Drfs, serializer: object, *, ascii_only: bool, comma: bytes, colon: bytes
    ) -> None: ...
    def add(self, rows: Iterable[Any], make_rows: Callable[[], Rows]) -> None: ...
    def end(self) -> None: ...
    def take(
        self, default: Callable[[Any], Any], dumped: Callable[[Any], bytes]
    ) -> bytes | None: ...
    def written(
        self,
        default: Callable[[Any], Any],
        dumped: Callable[[Any], bytes],
        *,
        is_last_chance: bool = False,
    ) -> bytes | None: ...
