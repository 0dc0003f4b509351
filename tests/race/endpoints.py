"""A web server for races: what it answers is decided by the path, and it counts what it was asked.

`/then/20/hang` answers twenty times as `/quick` does, and then as `/hang`; `/stopped/20/4` does
the same, but for four requests after the twentieth, which seem to come from a stopped process.
"""

import asyncio
import gzip
import json
import os
import signal
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ROWS = b'{"rows": [{"id": 1, "price": 1.0}, {"id": 2, "price": 2.5}], "now": 1}'

Writer = asyncio.StreamWriter
Answer = Callable[[Writer, int], Awaitable[bool]]
"""Answers the request of this number, from 1 on; says whether the connection stays open."""


@dataclass(slots=True)
class Endpoints:
    """Where the server listens, and what it was asked."""

    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    now: int = 0
    most_at_once: int = 0

    def at(self, *paths: str) -> list[str]:
        """Return the URLs of paths."""
        return [f"{self.url}{path}" for path in paths]


def whole(body: bytes, *headers: str, status: int = 200, wait_s: float = 0.0) -> Answer:
    async def answer(writer: Writer, _number: int) -> bool:
        if wait_s:
            await asyncio.sleep(wait_s)
        lines = [f"HTTP/1.1 {status} Test", f"Content-Length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return "Connection: close" not in headers

    return answer


async def clock(writer: Writer, number: int) -> bool:
    content = json.loads(ROWS) | {"now": number}
    return await whole(json.dumps(content).encode())(writer, number)


async def chunked(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in (ROWS[:10], ROWS[10:]):
        writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def hang(_writer: Writer, _number: int) -> bool:
    await asyncio.sleep(3_600)
    return False


async def reset(writer: Writer, _number: int) -> bool:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


async def stopped(writer: Writer, number: int) -> bool:
    """Break off, after what a process hears that goes on: who asks is this one."""
    os.kill(os.getpid(), signal.SIGCONT)
    return await reset(writer, number)


async def gone(_writer: Writer, _number: int) -> bool:
    return False


async def short(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2")
    await writer.drain()
    return False


async def drip(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    return await _dripping(writer)


async def drip_chunks(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_headers(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    return await _dripping(writer)


async def drip_until_closed(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    return await _dripping(writer)


async def _dripping(writer: Writer) -> bool:
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(writer: Writer, _number: int) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 2**16)
        await writer.drain()


async def garbage(writer: Writer, _number: int) -> bool:
    writer.write(b"\x00\xff SMTP 220 hello\r\n\r\n")
    await writer.drain()
    return False


ANSWERS: dict[str, Answer] = {
    "/rows": whole(ROWS),
    "/same": whole(b'{"now": 1.0, "rows": [{"price": 1, "id": 1}, {"id": 2, "price": 2.50}]}'),
    "/quick": whole(ROWS, wait_s=0.003),
    "/slow": whole(ROWS, wait_s=0.008),
    "/other": whole(ROWS.replace(b"2.5", b"2.75")),
    "/clock": clock,
    "/text": whole(b"rows, as text"),
    "/gzip": whole(gzip.compress(ROWS), "Content-Encoding: gzip"),
    "/no-gzip": whole(ROWS, "Content-Encoding: gzip"),
    "/bomb": whole(gzip.compress(b" " * 10**6), "Content-Encoding: gzip"),
    "/chunked": chunked,
    "/close": whole(ROWS, "Connection: close"),
    "/empty": whole(b"", status=204),
    "/500": whole(b"no", status=500),
    "/redirect": whole(b"", "Location: http://127.0.0.1:9/\x1b[31m", status=302),
    "/hang": hang,
    "/reset": reset,
    "/gone": gone,
    "/short": short,
    "/drip": drip,
    "/drip-chunks": drip_chunks,
    "/drip-headers": drip_headers,
    "/drip-until-closed": drip_until_closed,
    "/endless": endless,
    "/garbage": garbage,
}


def answer_at(path: str, number: int) -> Answer:
    """Return what is answered at a path to the request of this number there."""
    path = path.partition("?")[0]
    if path.startswith("/stopped/"):
        _, _, good, stops = path.split("/")
        return stopped if 0 < number - int(good) <= int(stops) else ANSWERS["/quick"]
    if not path.startswith("/then/"):
        return ANSWERS[path]
    _, _, good, then = path.split("/")
    return ANSWERS["/quick" if number <= int(good) else f"/{then}"]


async def _serve(endpoints: Endpoints, reader: asyncio.StreamReader, writer: Writer) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (line for line in head.lower().split("\r\n") if line.startswith("content-length")),
                ": 0",
            )
            endpoints.bodies.append(await reader.readexactly(int(length.partition(":")[2])))
            endpoints.heads.append(head)
            path = head.split(" ")[1]
            endpoints.asked[path] += 1
            endpoints.now += 1
            endpoints.most_at_once = max(endpoints.most_at_once, endpoints.now)
            try:
                answer = answer_at(path, endpoints.asked[path])
                if not await answer(writer, endpoints.asked[path]):
                    break
            finally:
                endpoints.now -= 1
    writer.close()


@contextmanager
def serving() -> Iterator[Endpoints]:
    """Serve until the block ends, by a thread of its own."""
    endpoints = Endpoints()
    loop = asyncio.new_event_loop()
    ready, ends = threading.Event(), asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _serve(endpoints, reader, writer), "127.0.0.1", 0
        )
        endpoints.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await ends.wait()
        server.close()
        tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield endpoints
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join()
        loop.close()
