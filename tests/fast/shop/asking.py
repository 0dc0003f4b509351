"""Asking the project's own URLs from inside its process."""

from typing import Any

from django.test import Client

COMPARED_NOT = "Answered-By"


def ask(path: str, way: str, **headers: str) -> Any:
    """Return what is answered at `path`, as Django's test client has it; what it raises is raised.

    `Accept_Encoding` is the header Accept-Encoding.
    """
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().get(f"/{path}", headers={"Way": way, **spelled})


def same(path: str, **headers: str) -> Any:
    """Return the fast answer at `path`, which is DRF's in status, headers and bytes."""
    theirs, ours = ask(path, "drf", **headers), ask(path, "fast", **headers)
    assert told(ours) == told(theirs)
    return ours


def told(response: Any) -> tuple[int, dict[str, str], bytes]:
    """Return what a client would see of `response`."""
    headers = {name: value for name, value in response.headers.items() if name != COMPARED_NOT}
    content = b"".join(response) if response.streaming else response.content
    return response.status_code, headers, content


def way_of(response: Any) -> str | None:
    """Return how `response` was answered."""
    found: str | None = response.headers.get(COMPARED_NOT)
    return found
