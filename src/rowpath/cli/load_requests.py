"""What the command line says is to be asked, as targets."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rowpath.errors import UsageError
from rowpath.lab.load.hosts import parts_of
from rowpath.lab.load.plan import Target

MOST_REQUESTS = 1_000
"""As many as the generator tells apart."""
MOST_WEIGHT = 1_000
_KNOWN = frozenset({"url", "method", "headers", "cookies", "body", "name", "weight", "status"})
# RFC 9110, 5.6.2: what a method or the name of a header is made of.
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all requests have in common, unless a request says otherwise."""

    method: str | None
    headers: Sequence[str]
    cookies: Sequence[str]
    body: str | None
    status: int | None


def targets(urls: Sequence[str], file: Path | None, common: Common) -> tuple[Target, ...]:
    """Return all that is to be asked; UsageError with the option or the line that cannot be."""
    like = _like(common)
    named = [replace(like, url=_url(url)) for url in urls]
    if file is not None:
        named += _of_file(file, like, _url)
    return tuple(named)


def requests_of(file: Path, common: Common) -> tuple[Target, ...]:
    """Return the requests of a file whose URLs are paths, to be asked of several servers in turn.

    UsageError with the line that cannot be: none has a weight there, and each expects success.
    """
    found = tuple(_of_file(file, _like(common), _path))
    for request in found:
        if request.weight != 1 or request.expects_status is not None:
            raise UsageError(
                f"Cannot ask {request.url} of {file}: weight and status are for `rowpath load`. "
                "Here each line is asked once in turn, and has to be answered with success."
            )
    return found


def _like(common: Common) -> Target:
    return Target(
        url="",
        method=_method(common.method or ("GET" if common.body is None else "POST")),
        headers=tuple(_header(text) for text in common.headers),
        cookies=tuple(_cookie(text) for text in common.cookies),
        body=None if common.body is None else _body(common.body),
        expects_status=common.status,
    )


def _url(url: str) -> str:
    """Return the URL as it is sent: what stands behind a # stays with whoever asks."""
    parts_of(url)
    return url.partition("#")[0]


def _path(path: str) -> str:
    """Return a path as it is sent to whichever server."""
    if not path.startswith("/") or path.startswith("//"):
        raise UsageError(
            f"Cannot ask several servers for {path}: it is no path. Write it as /products/?page=2."
        )
    _url(f"http://localhost{path}")
    return path.partition("#")[0]


def _method(text: str) -> str:
    if not text or not set(text) <= _TOKEN:
        raise UsageError(f"Cannot ask with the method {text!r}. Name one like GET or POST.")
    return text.upper()


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name or not set(name) <= _TOKEN or not _is_value(value):
        raise UsageError(f"Cannot send the header {text!r}. Write it as 'Name: value'.")
    return name, value.strip()


def _is_value(text: str) -> bool:
    # RFC 9110, 5.5; what is not ASCII has no agreed meaning in a header.
    return all(character == "\t" or " " <= character <= "~" for character in text)


def _cookie(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not set(name) <= _TOKEN or not _is_value(value) or ";" in value:
        raise UsageError(f"Cannot send the cookie {text!r}. Write it as 'name=value'.")
    return name, value


def _body(text: str) -> str:
    """Return the body, as curl has it: that of a file where it begins with @."""
    if not text.startswith("@"):
        return text
    return _read(Path(text[1:]), "the body")


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8"
        raise UsageError(f"Cannot read {what} from {path}: {reason}. Name another file.") from error


def _of_file(file: Path, like: Target, read: Callable[[str], str]) -> list[Target]:
    """Return the requests of a file: a URL a line, with a method before it, or a JSON object."""
    found = []
    for number, line in enumerate(_read(file, "the requests").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            found.append(_of_line(text, like, read))
        except UsageError as error:
            raise UsageError(f"Cannot read line {number} of {file}: {error}") from error
    if not found:
        raise UsageError(f"Cannot read the requests from {file}: it has none. Write a URL a line.")
    if len(found) > MOST_REQUESTS:
        raise UsageError(
            f"Cannot ask {len(found):,} different requests of {file}: at most {MOST_REQUESTS:,} "
            "are told apart. Leave some out."
        )
    return found


def _of_line(text: str, like: Target, read: Callable[[str], str]) -> Target:
    if text.startswith("{"):
        return _of_object(text, like, read)
    first, _, rest = text.partition(" ")
    if not rest:
        return replace(like, url=read(first))
    return replace(like, method=_method(first), url=read(rest.strip()))


def _of_object(text: str, like: Target, read: Callable[[str], str]) -> Target:
    try:
        content: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"it is no JSON ({error}). Write an object on one line.") from error
    unknown = sorted(set(content) - _KNOWN)
    if unknown or not isinstance(content.get("url"), str):
        reason = f"there is no {', '.join(unknown)}" if unknown else "it has no url"
        raise UsageError(f"{reason}. Its names are {', '.join(sorted(_KNOWN))}.")
    body = content.get("body", like.body)
    method = content.get("method", "POST" if "body" in content else like.method)
    weight, status = content.get("weight", 1), content.get("status", like.expects_status)
    if not _is_count(weight) or not (status is None or _is_count(status)):
        raise UsageError("weight and status are whole numbers from 1 on. Correct them.")
    headers = _pairs(content.get("headers", {}), "headers")
    cookies = _pairs(content.get("cookies", {}), "cookies")
    return Target(
        url=read(content["url"]),
        method=_method(str(method)),
        headers=(*like.headers, *(_header(f"{name}: {value}") for name, value in headers)),
        cookies=(*like.cookies, *(_cookie(f"{name}={value}") for name, value in cookies)),
        body=body if body is None or isinstance(body, str) else json.dumps(body),
        name=str(content.get("name", "")),
        weight=weight,
        expects_status=status,
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_WEIGHT


def _pairs(value: object, what: str) -> Sequence[tuple[str, object]]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{what} is no object. Write names and values.")
    return tuple(value.items())
