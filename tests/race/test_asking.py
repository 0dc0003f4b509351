"""An endpoint is asked within bounds of time and size, whatever it does."""

import socket
import sys

import pytest

from race.endpoints import ROWS, Endpoints
from rowpath.lab.load.plan import Target
from rowpath.lab.race.asking import Alarm, Bounds, FallenError, alarm, asker

TIMEOUT_S = 0.4


def reason_of(endpoints: Endpoints, path: str, *, most_bytes: int = 10**7) -> str:
    bounds = Bounds(timeout_s=TIMEOUT_S, most_bytes=most_bytes)
    with (
        alarm(TIMEOUT_S) as watch,
        asker(Target(url=f"{endpoints.url}{path}"), bounds, watch) as asking,
        pytest.raises(FallenError) as told,
    ):
        asking.ask(keeps=True)
    return str(told.value)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/500", "it answered with status 500"),
        ("/reset", "there was no whole answer: Connection reset by peer"),
        ("/gone", "it closed the connection without an answer"),
        ("/short", "it broke off in the middle of an answer"),
        ("/garbage", "what it sent is no answer of HTTP (BadStatusLine)"),
        ("/no-gzip", "its answer is not encoded as it says"),
        ("/hang", "it gave no whole answer within 0.4 s"),
        ("/drip", "it gave no whole answer within 0.4 s"),
        ("/drip-chunks", "it gave no whole answer within 0.4 s"),
        ("/drip-headers", "it gave no whole answer within 0.4 s"),
        ("/drip-until-closed", "it gave no whole answer within 0.4 s"),
    ],
)
def test_an_endpoint_that_gives_no_good_answer_is_told(
    endpoints: Endpoints, path: str, reason: str
) -> None:
    """Asked once, and never longer than it was given."""
    assert reason_of(endpoints, path) == reason
    assert endpoints.asked[path] == 1


def test_a_redirect_is_told_and_not_followed(endpoints: Endpoints) -> None:
    """With where it leads to, and without what a terminal would act on."""
    assert reason_of(endpoints, "/redirect") == (
        "it redirected to http://127.0.0.1:9/ [31m (status 302), and redirects are not followed"
    )


@pytest.mark.parametrize(("path", "more"), [("/endless", ""), ("/bomb", " when unpacked")])
def test_an_answer_that_is_too_long_is_cut_off(endpoints: Endpoints, path: str, more: str) -> None:
    """On the wire, and when it is unpacked to be compared."""
    told = reason_of(endpoints, path, most_bytes=100_000)

    assert told == f"its answer is longer than 100,000 bytes{more}"


def test_where_nobody_listens_is_told() -> None:
    """With the system's reason."""
    nobody = Endpoints(url="http://127.0.0.1:9")

    assert reason_of(nobody, "/") == "there was no whole answer: Connection refused"


@pytest.mark.parametrize("path", ["/rows", "/gzip", "/chunked", "/close"])
def test_an_answer_is_had_whole_however_it_is_sent(endpoints: Endpoints, path: str) -> None:
    """Compressed, in chunks, or with its connection closed after each."""
    bounds = Bounds(timeout_s=10, most_bytes=10**6)
    target = Target(url=f"{endpoints.url}{path}")
    with alarm(10) as watch, asker(target, bounds, watch) as asking:
        replies = [asking.ask(keeps=keeps) for keeps in (True, False, True)]

    assert [reply.body for reply in replies] == [ROWS, b"", ROWS]
    assert {reply.size_bytes for reply in replies} == {replies[0].size_bytes}
    assert all(reply.took_s > 0 for reply in replies)


def test_a_request_has_what_was_asked_for(endpoints: Endpoints) -> None:
    """Method, headers as often as they are named, cookies and body."""
    target = Target(
        url=f"{endpoints.url}/rows",
        method="PUT",
        headers=(("X-One", "1"), ("X-One", "2")),
        cookies=(("a", "b"), ("c", "d")),
        body="{é}",
    )
    with alarm(10) as watch, asker(target, Bounds(timeout_s=10, most_bytes=99), watch) as asking:
        asking.ask()

    [head] = endpoints.heads
    assert head.startswith("PUT /rows HTTP/1.1\r\n")
    for line in ("X-One: 1", "X-One: 2", "Cookie: a=b; c=d", "Content-Length: 4"):
        assert f"\r\n{line}\r\n" in head
    assert endpoints.bodies == ["{é}".encode()]


def test_several_targets_are_asked_in_turn_over_one_connection(endpoints: Endpoints) -> None:
    """From the first, or from wherever one turns to; which of them failed is told."""
    first, *then = (Target(url=url) for url in endpoints.at("/rows", "/text", "/500"))
    bounds = Bounds(timeout_s=10, most_bytes=10**6)
    with alarm(10) as watch, asker(first, bounds, watch, then=then) as asking:
        bodies = [asking.ask(keeps=True).body for _ in range(2)]
        with pytest.raises(FallenError, match="status 500, asked for GET /500"):
            asking.ask()
        bodies.append(asking.ask(keeps=True).body)
        asking.turn_to(4)
        bodies.append(asking.ask(keeps=True).body)

    assert bodies == [ROWS, b"rows, as text", ROWS, b"rows, as text"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no TCP_QUICKACK")
def test_what_a_server_sends_is_acknowledged_at_once_on_a_kept_connection(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends its body only when its head is acknowledged is not slower by 40 ms."""
    sockets: list[socket.socket] = []
    connected = Alarm.connected

    def seen(watch: Alarm, sock: socket.socket | None) -> None:
        assert sock is not None
        sockets.append(sock)
        connected(watch, sock)

    monkeypatch.setattr(Alarm, "connected", seen)
    bounds = Bounds(timeout_s=10, most_bytes=10**6)
    target = Target(url=f"{endpoints.url}/rows")
    with alarm(10) as watch, asker(target, bounds, watch) as asking:
        for _ in range(20):
            asking.ask()
            at_once = sockets[-1].getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK)
            assert at_once == 1

    assert len({id(sock) for sock in sockets}) == 1
