"""An endpoint for `race_proofs.py`: a fixed amount of work, or so many percent more."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

ROW = {
    "id": 7,
    "name": "A lamp of brass",
    "price": "13.50",
    "currency": "EUR",
    "stock": 12,
    "active": True,
    "created": "2026-11-29T05:00:00Z",
}
ROWS = 1_200
"""About 5 ms on a processor of today."""

Message = dict[str, Any]


async def app(
    scope: Message,
    _receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer rows that are written for each request; what is written in addition is not sent."""
    if scope["type"] != "http":
        return
    more = int(parse_qs(scope["query_string"].decode()).get("more", ["0"])[0])
    written = [json.dumps(ROW) for _ in range(ROWS * (100 + more) // 100)]
    body = ("[" + ",".join(written[:100]) + "]").encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
