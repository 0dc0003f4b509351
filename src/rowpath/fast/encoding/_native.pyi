from collections.abc import Callable, Iterable, Mapping, Sequence

from rowpath.fast.encoding.layout import Member
from rowpath.fast.encoding.zones import Span

class Libpq:
    def __init__(self, addresses: Mapping[str, int]) -> None: ...
    def types(self, result: int) -> tuple[int, ...]: ...
    def rows(self, result: int) -> int: ...

class Offsets:
    def __init__(self, fixed: int | None = None) -> None: ...

class Program:
    def __init__(self, members: Sequence[Member], *, ascii_only: bool, compact: bool) -> None: ...
    def write(
        self,
        libpq: Libpq,
        result: int,
        rows: range,
        zones: Sequence[tuple[Offsets, Callable[[int, int], Iterable[Span]]]],
        prefixes: Sequence[bytes],
        *,
        brackets: bool,
    ) -> bytes: ...
