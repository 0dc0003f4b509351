"""The requests of an access log: common or combined, as nginx, gunicorn and Apache write it.

https://httpd.apache.org/docs/2.4/logs.html#accesslog; and as uvicorn writes it, coloured or not.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rowpath.errors import UsageError

_GZIP = b"\x1f\x8b"
# What stands before the time differs (a virtual host, a user with a space), and so does what
# follows the size (referer, agent, times); what is between them does not.
_LINE = re.compile(r'\S.*?\[[^][]{0,64}\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(?=\s|$)')
_UVICORN = re.compile(r'(?:.*\s)?(?:\S+:\d+ )?- "((?:[^"\\]|\\.)*)" (\d{3})(?: [A-Z][\w \'-]*)?\s*')
"""It has no time, but the status in words too: https://uvicorn.dev/concepts/logging/."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_REQUEST = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/\d(?:\.\d)?")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f"}
"""What Apache writes for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A request that a line tells of; `target` is its path with its query, unescaped."""

    method: str
    target: str
    status: int

    @property
    def is_answered_get(self) -> bool:
        """Whether it is a GET that was answered with 2xx."""
        return self.method == "GET" and self.status // 100 == 2  # noqa: PLR2004 success


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What an access log comes to: how often each path with its query was asked for by GET.

    `others` are requests of other methods or ends; `bad` lines are none of an access log's, of
    which `first_bad` is the number of the first.
    """

    name: str
    paths: Counter[str]
    others: int
    bad: int
    first_bad: int | None

    @property
    def told(self) -> str:
        """The log in a sentence."""
        text = (
            f"{self.name}: {self.paths.total():,} GETs with 2xx, {self.others:,} other requests "
            "left out"
        )
        if not self.bad:
            return text
        verb = "is none" if self.bad == 1 else "are none"
        lines = "line" if self.bad == 1 else "lines"
        return f"{text}; {self.bad:,} {lines} {verb} of an access log (first: {self.first_bad})"


def parsed(line: str) -> Logged | None:
    """Return the request of a line; None where it is no line of an access log."""
    found = _LINE.match(line) or _UVICORN.fullmatch(_COLOUR.sub("", line))
    if found is None:
        return None
    status = int(found[2])
    request = _REQUEST.fullmatch(_ESCAPE.sub(_unescaped, found[1]))
    if request is None:
        # What is no HTTP at all is logged as it came, with an error as its answer.
        return None if status // 100 == 2 else Logged(method="", target="", status=status)  # noqa: PLR2004
    return Logged(method=request[1], target=_target(request[2]), status=status)


def _unescaped(found: re.Match[str]) -> str:
    code, letter = found.groups()
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _target(text: str) -> str:
    """Return path and query; proxies are asked for a whole URL."""
    if text.startswith("/"):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def counted(lines: Iterable[str], name: str) -> Log:
    """Return what the lines of a log come to; empty ones are none."""
    paths: Counter[str] = Counter()
    others, bad, first_bad = 0, 0, None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        logged = parsed(line)
        if logged is None:
            bad += 1
            first_bad = first_bad or number
        elif logged.is_answered_get:
            paths[logged.target] += 1
        else:
            others += 1
    return Log(name=name, paths=paths, others=others, bad=bad, first_bad=first_bad)


def read_log(path: Path) -> Log:
    """Return what a log comes to, packed by gzip or not; UsageError where it has no GET."""
    try:
        with _opened(path) as lines:
            log = counted(lines, path.name)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"Cannot read the log {path}: {reason}. Name a whole access log, packed by gzip or not."
        ) from error
    if not log.paths:
        raise UsageError(
            f"Cannot explain the log {path}: no line is a GET that was answered with 2xx "
            f"({log.others:,} other requests, {log.bad:,} lines of another form). Name a log in "
            "the common or the combined form, or of uvicorn's."
        )
    return log


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[str]]:
    with path.open("rb") as file:
        is_packed = file.read(len(_GZIP)) == _GZIP
    opened = gzip.open if is_packed else open
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as lines:
        yield lines
