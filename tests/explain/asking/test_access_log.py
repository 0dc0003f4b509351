"""Lines of access logs, as servers write them."""

import gzip
import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.errors import UsageError
from rowpath.explain.asking.access_log import Logged, counted, parsed, read_log

COMMON = '127.0.0.1 - - [10/Oct/2025:13:55:36 -0700] "{request}" {status} {size}'
COMBINED = COMMON + ' "https://a.example/?b=[c]" "Mozilla/5.0 (X11; \\"Linux\\") Gecko"'
GUNICORN = '::1 - ada [10/Oct/2025:13:55:36 +0000] "{request}" {status} {size} "-" "curl/8.5.0"'
VIRTUAL = "shop.example:443 " + COMBINED
TIMED = COMBINED + " 0.012 0.011 ."
FORMS = (COMMON, COMBINED, GUNICORN, VIRTUAL, TIMED)
_PATH = st.text(string.ascii_letters + string.digits + "/-._~%!$&()*+,;=:@", max_size=30)
_QUERY = st.text(string.ascii_letters + string.digits + "=&%+[]|-", max_size=20)


@given(
    form=st.sampled_from(FORMS),
    method=st.sampled_from(["GET", "POST", "HEAD", "M-SEARCH"]),
    target=st.builds("/{}?{}".format, _PATH, _QUERY),
    status=st.integers(100, 599),
    size=st.one_of(st.just("-"), st.integers(0, 10**12)),
)
def test_a_line_is_read_in_every_form(
    form: str, method: str, target: str, status: int, size: object
) -> None:
    """nginx, gunicorn, Apache and virtual hosts: the method, the target and the status."""
    line = form.format(request=f"{method} {target} HTTP/1.1", status=status, size=size)

    assert parsed(line) == Logged(method=method, target=target, status=status)


@given(target=st.text(st.characters(codec="ascii", exclude_characters=" \\"), max_size=20))
def test_what_a_server_escapes_is_read_as_it_was_asked(target: str) -> None:
    """nginx writes quotes and what is not printed as \\xHH."""
    if len(target.split()) > 1 or target != target.strip():
        return
    escaped = "".join(
        char if char.isprintable() and char != '"' else f"\\x{ord(char):02X}" for char in target
    )
    logged = parsed(COMBINED.format(request=f"GET /{escaped} HTTP/2.0", status=200, size=1))

    assert logged is not None
    assert logged.target == f"/{target}"


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a line is, it is a request or it is none."""
    assert parsed(text) is None or parsed(text)


@given(st.lists(st.sampled_from(["get", "post", "missing", "bad", "empty"])))
def test_every_line_is_counted_once(kinds: list[str]) -> None:
    """GETs with 2xx, other requests and bad lines make up all lines that are not empty."""
    lines = {
        "get": COMMON.format(request="GET /a/ HTTP/1.1", status=200, size=1),
        "post": COMMON.format(request="POST /a/ HTTP/1.1", status=201, size=1),
        "missing": COMMON.format(request="GET /b/ HTTP/1.1", status=404, size=1),
        "bad": "2025-10-10 INFO started",
        "empty": "\n",
    }
    log = counted([lines[kind] for kind in kinds], "access.log")
    of = Counter(kinds)

    assert (log.paths.total(), log.others, log.bad) == (
        of["get"],
        of["post"] + of["missing"],
        of["bad"],
    )
    assert log.first_bad == (kinds.index("bad") + 1 if of["bad"] else None)


def test_a_proxy_s_request_has_a_whole_url() -> None:
    """Of a URL the path counts, with its query."""
    line = COMMON.format(request="GET http://shop.example/a/?b=1 HTTP/1.1", status=200, size=1)

    assert parsed(line) == Logged(method="GET", target="/a/?b=1", status=200)


def test_what_is_no_http_is_no_bad_line() -> None:
    """A server logs what it refuses: TLS on the wrong port, and a connection without a request."""
    for request in (r"\x16\x03\x01", "-", ""):
        logged = parsed(COMMON.format(request=request, status=400, size=0))
        assert logged is not None
        assert not logged.is_answered_get


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_packed_or_not(tmp_path: Path, *, packed: bool) -> None:
    """What a rotation has packed is told by its first bytes, whatever it is called."""
    text = (COMMON.format(request="GET /a/ HTTP/1.1", status=200, size=1) + "\n").encode() * 3
    file = tmp_path / "access.log.1"
    file.write_bytes(gzip.compress(text) if packed else text + b"\xff\n")

    log = read_log(file)

    assert log.paths == {"/a/": 3}
    assert log.bad == (0 if packed else 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        (b"", "no line is a GET that was answered with 2xx"),
        (b"hello\n", "1 lines of another form"),
        (gzip.compress(b"x" * 10_000)[:-9], "ended before the end-of-stream marker"),
    ],
    ids=["no file", "empty", "no log", "cut off"],  # what gzip writes has the time in it
)
def test_what_is_no_log_is_told(tmp_path: Path, content: bytes | None, message: str) -> None:
    """A file that is not there, is empty, has no request or is not whole."""
    file = tmp_path / "access.log"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError, match=message):
        read_log(file)


def test_bad_lines_are_told_with_the_first() -> None:
    """So that it can be looked at."""
    line = COMMON.format(request="GET /a/ HTTP/1.1", status=200, size=1)

    assert counted([line, "", "x", "y"], "a.log").told == (
        "a.log: 1 GETs with 2xx, 0 other requests left out; 2 lines are none of an access log "
        "(first: 3)"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            'INFO:     127.0.0.1:5 - "GET /a?b=%22 HTTP/1.1" 200 OK',
            Logged(method="GET", target="/a?b=%22", status=200),
        ),
        (
            '\x1b[32mINFO\x1b[0m:     1.2.3.4:5 - "\x1b[1mPOST /a HTTP/1.1\x1b[0m" 201 Created',
            Logged(method="POST", target="/a", status=201),
        ),
        (
            '2026-01-02 03:04:05 INFO - "GET /a HTTP/1.1" 404',
            Logged(method="GET", target="/a", status=404),
        ),
        (
            'INFO:     [::1]:5 - "GET /a HTTP/1.1" 203 Non-Authoritative Information',
            Logged(method="GET", target="/a", status=203),
        ),
        ("INFO:     Started server process [12]", None),
        ('INFO:     ("1.2.3.4", 5) - "WebSocket /a" [accepted]', None),
    ],
)
def test_a_line_of_uvicorns_is_read(line: str, expected: Logged | None) -> None:
    """Coloured or not, with or without what stands before it."""
    assert parsed(line) == expected
