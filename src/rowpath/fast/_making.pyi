from collections.abc import Callable, Iterable, Iterator
from typing import Any

WAYS: dict[str, int]
KINDS: dict[str, int]

class Converter:
    def __init__(
        self,
        position: int,
        call: Callable[[Any, Any, Any], Any],
        expression: object,
        connection: object,
        kind: int = ...,
        *,
        zone: object = None,
        places: int = 0,
        digits: int = 0,
    ) -> None: ...

class MomentLoader:
    def __init__(self, theirs: Callable[[Any, Any], Any], zone: object) -> None: ...
    def load(self, data: Any) -> Any: ...  # noqa: ANN401 - whatever `theirs` returns

class Maker:
    width: int
    def __init__(
        self,
        model: type,
        columns: Iterable[tuple[str, int, int]],
        state_class: type,
        of_state: Iterable[tuple[str, Any]],
        deferred: object,
        *,
        peers: list[Any] | None = None,
        related: tuple[Related, ...] = (),
    ) -> None: ...

class Related:
    def __init__(
        self,
        maker: Maker,
        key: int,
        local: Callable[[Any, Any], Any],
        local_name: str | None,
        remote: Callable[[Any, Any], Any],
        remote_name: str | None,
    ) -> None: ...

class Instances(Iterator[Any]):
    def __init__(
        self,
        rows: Iterable[Any],
        converters: Iterable[Converter],
        maker: Maker,
        annotations: Iterable[tuple[str, int]],
        relate: Callable[[Any], None] | None,
    ) -> None: ...
    def __next__(self) -> Any: ...  # noqa: ANN401 - an instance of any model
