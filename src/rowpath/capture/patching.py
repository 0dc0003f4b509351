"""Methods of somebody else's classes, or functions of their modules, replaced while needed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any


class Patch:
    """Other methods for a class, or functions for a module, made from its own by their names."""

    def __init__(
        self,
        patched: type | ModuleType,
        replacements: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]],
    ) -> None:
        self._patched = patched
        self._replacements = replacements
        self._originals: dict[str, Callable[..., Any]] = {}
        self._users = 0
        self._lock = Lock()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Patch the class for as long as the block lasts.

        Blocks may overlap, in one thread or in several: the patch is applied once, by the first,
        and undone by the last, in whatever order they end.
        """
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                for name, replacement in self._replacements.items():
                    self._originals[name] = getattr(self._patched, name)
                    setattr(self._patched, name, replacement(self._originals[name]))

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for name, original in self._originals.items():
                    setattr(self._patched, name, original)
                self._originals.clear()
