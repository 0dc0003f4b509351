"""How long a list is left to DRF after it could not be fast."""

_LONGEST = 127


class BackOff:
    """Counts attempts that failed in a row: the more, the longer nothing is tried.

    So a list that always fails costs an attempt once in 128 requests, and one odd request costs the
    fast path no more than one answer. Threads may count one another's requests.
    """

    __slots__ = ("_failed", "_left")

    def __init__(self) -> None:
        self._failed = 0
        self._left = 0

    def is_over(self) -> bool:
        """Whether this request may try."""
        if self._left > 0:
            self._left -= 1
            return False
        return True

    def failed(self) -> None:
        """Note an attempt that failed."""
        self._failed += 1
        self._left = min(2 ** (self._failed - 1) - 1, _LONGEST)

    def succeeded(self) -> None:
        """Note one that did not."""
        self._failed = 0
