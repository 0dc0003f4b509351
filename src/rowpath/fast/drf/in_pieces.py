"""What the pieces of an answer have in common, whatever they are made of."""

from abc import ABC, abstractmethod
from collections.abc import Iterator


class InPieces(ABC):
    """The answer's pieces. The first is there from the start, so that its errors are ordinary."""

    def __init__(self, first: bytes) -> None:
        self._first: bytes | None = first
        self._is_over = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            piece, self._first = self._first, None
            return piece
        if self._is_over:
            raise StopIteration
        try:
            return self._following()
        except BaseException as error:
            self._end(error)
            raise

    def close(self) -> None:
        """Give the cursor back, whether or not the client took everything."""
        self._end()

    def _end(self, error: BaseException | None = None) -> None:
        self._is_over = True
        self._give_back(error)

    @abstractmethod
    def _following(self) -> bytes:
        """Return the next piece; the last one ends this."""

    @abstractmethod
    def _give_back(self, error: BaseException | None) -> None:
        """Give the cursor back; an `error` has broken what reads from it."""
