"""A web server for tests that behaves well or badly, by the path, and counts what it was asked."""

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@dataclass(slots=True)
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Target:
    """Where the server listens, and what it was asked."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    elsewhere: str = ""
    """Where `/away` leads to."""
    stalls: asyncio.Event | None = None

    def count(self, path: str) -> int:
        """How many requests for the path came."""
        return Counter(each.path for each in self.seen)[path]


Writer = asyncio.StreamWriter
Answer = Callable[[Target, Writer], Awaitable[bool]]
"""Answers one request, and says whether the connection stays open."""


def whole(status: int, body: bytes, *headers: str) -> Answer:
    async def answer(_target: Target, writer: Writer) -> bool:
        lines = [f"HTTP/1.1 {status} Test", f"Content-Length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return True

    return answer


async def slow(target: Target, writer: Writer) -> bool:
    await asyncio.sleep(0.1)
    return await whole(200, b"ok")(target, writer)


async def hang(_target: Target, _writer: Writer) -> bool:
    await asyncio.sleep(3_600)
    return False


async def reset(_target: Target, writer: Writer) -> bool:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


async def close(_target: Target, _writer: Writer) -> bool:
    return False


async def endless(_target: Target, writer: Writer) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(CHUNK)
        await writer.drain()


async def endless_headers(_target: Target, writer: Writer) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"y" * 1_000 + b"\r\n")
        await writer.drain()


async def dribble(_target: Target, writer: Writer) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def garbage(_target: Target, writer: Writer) -> bool:
    writer.write(b"\x00\xff SMTP 220 hello\r\n\r\n")
    await writer.drain()
    return False


async def apart(_target: Target, writer: Writer) -> bool:
    """Write head and body apart, and leave it to the system when the body is sent.

    By Nagle's algorithm that is when the head is acknowledged: so the servers of the standard
    library do it, from which Django's runserver is made.
    """
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    await writer.drain()
    writer.write(b"ok")
    await writer.drain()
    return True


async def away(target: Target, writer: Writer) -> bool:
    return await whole(302, b"", f"Location: {target.elsewhere}")(target, writer)


ANSWERS: dict[str, Answer] = {
    "/ok": whole(200, b"ok"),
    "/other": whole(200, b"another"),
    "/slow": slow,
    "/hang": hang,
    "/reset": reset,
    "/close": close,
    "/500": whole(500, b"\xff\xfe no text"),
    "/404": whole(404, b""),
    "/endless": endless,
    "/endless-headers": endless_headers,
    "/dribble": dribble,
    "/garbage": garbage,
    "/away": away,
    "/apart": apart,
    "/near": whole(302, b"", "Location: /ok"),
    "/loop": whole(302, b"", "Location: /loop"),
    "/cookie": whole(200, b"ok", "Set-Cookie: visit=1"),
}


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode().split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method=method, path=path.partition("?")[0], headers=headers, body=body)


@asynccontextmanager
async def _listening(target: Target) -> AsyncIterator[None]:
    target.stalls = asyncio.Event()
    target.stalls.set()

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        target.connections += 1
        with suppress(ConnectionError, asyncio.CancelledError):
            while (seen := await _read(reader)) is not None:
                target.seen.append(seen)
                assert target.stalls is not None
                await target.stalls.wait()
                if not await ANSWERS[seen.path](target, writer):
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=500)
    target.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield
    server.close()
    tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Served:
    """A target with the loop that serves it, in a thread of its own."""

    target: Target
    loop: asyncio.AbstractEventLoop

    def stall(self, seconds: float) -> None:
        """Answer nothing from now on for so long."""

        async def stall() -> None:
            assert self.target.stalls is not None
            self.target.stalls.clear()
            await asyncio.sleep(seconds)
            self.target.stalls.set()

        asyncio.run_coroutine_threadsafe(stall(), self.loop)


@contextmanager
def served() -> Iterator[Served]:
    """Serve a target until the block ends."""
    target = Target()
    loop = asyncio.new_event_loop()
    ready, ends = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with _listening(target):
            ready.set()
            await ends.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield Served(target, loop)
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join()
        loop.close()
