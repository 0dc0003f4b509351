"""The patches of a framework's that a recorder and a clock need."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from rowpath.capture.patching import Patch


class Patches:
    """The patches whose targets this Django has, and what is off for want of one."""

    def __init__(self) -> None:
        self.recording: list[Patch] = []
        self.phases: list[Patch] = []
        self.using: list[Patch] = []
        self.missing: list[str] = []

    def is_there(self, methods: Mapping[Any, tuple[str, ...]], finding: str) -> bool:
        """Return whether all targets are there; note what is off where one is not."""
        lacking = [
            f"{owner.__name__}.{name}"
            for owner, names in methods.items()
            for name in names
            if not hasattr(owner, name)
        ]
        if lacking:
            self.missing.append(f"not looked for: {finding} (there is no {', '.join(lacking)})")
        return not lacking

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Have a recorder told of what happens within the block."""
        with _applied(self.recording):
            yield

    @contextmanager
    def used(self) -> Iterator[None]:
        """Have a recorder told of what querysets are asked for within the block."""
        with _applied(self.using):
            yield

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Have a clock told of the phases within the block."""
        with _applied(self.phases):
            yield


@contextmanager
def _applied(patches: list[Patch]) -> Iterator[None]:
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch.applied())
        yield
