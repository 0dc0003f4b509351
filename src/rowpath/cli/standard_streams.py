"""Standard output and error that end no work: a character or a write that fails is left out."""

import io
import os
import sys
from select import select
from typing import TYPE_CHECKING, TextIO

from rowpath.errors import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STREAMS = 3
"""Standard input, output and error have the first numbers."""


class _Lasting(io.FileIO):
    """The file behind a standard stream. It keeps its first failure, and drops what follows."""

    failure: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        while self.failure is None:
            try:
                written: int | None = super().write(data)
            except OSError as error:
                self.failure = error
                break
            if written is not None:
                return written
            # Another program can have made the terminal that both write to non-blocking.
            select((), (self,), ())
        return memoryview(data).nbytes


class Output:
    """Standard output as this command has taken it over."""

    def __init__(self, file: _Lasting) -> None:
        self._file = file

    def check(self) -> None:
        """OutputError where something could not be written. A reader who went away is none."""
        sys.stdout.flush()
        failure = self._file.failure
        if failure is not None and not isinstance(failure, ConnectionError):
            raise OutputError(
                f"Cannot write to standard output: {failure.strerror}, so what went there is "
                "lost. Send it to where it can be written."
            )


def take_over() -> Output:
    """Let sys.stdout and sys.stderr take everything, and return what became of the first.

    What the encoding does not have is printed as "?". When nobody reads any more or the disk is
    full, the work goes on and its output is dropped: a run's files are worth more.
    """
    _open_closed()
    sys.stderr, _ = _lasting(sys.stderr, 2)
    sys.stdout, file = _lasting(sys.stdout, 1)
    return Output(file)


def say(text: str, *, err: bool = False) -> None:
    """Print a line. click's own echo writes UTF-8 where ASCII is asked for."""
    print(text, file=sys.stderr if err else sys.stdout, flush=True)


def _open_closed() -> None:
    """Open the standard streams that the caller closed on nothing.

    Otherwise the next file or connection gets such a number, and the output goes there.
    """
    for number in range(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _lasting(stream: TextIO | None, number: int) -> tuple[TextIO, _Lasting]:
    """Return a stream like this one, None where it was closed, and the file behind it."""
    if stream is not None:
        stream.flush()
    file = _Lasting(number, "wb", closefd=False)
    encoding = stream.encoding if stream else "utf-8"
    buffered = io.BufferedWriter(file)
    text = io.TextIOWrapper(buffered, encoding, errors="replace", line_buffering=True)
    return text, file
