"""The routes of Starlette's applications."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import Response
from starlette.routing import Mount, Route

from rowpath.explain.fastapi.routes import listed, route_of, routed


async def answer() -> None:
    """Nothing is asked here."""


class Endpoint(HTTPEndpoint):
    async def get(self, _request: object) -> Response:
        return Response()


class Posting(HTTPEndpoint):
    async def post(self, _request: object) -> Response:
        return Response()


def application() -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/api")
    router.get("/books/new")(answer)
    router.get("/books/{book_id:int}")(answer)
    router.post("/books")(answer)
    router.get("/books/{slug}")(answer)
    app.include_router(router)
    inner = [Route("/posts", Posting), Route("/{name}/edit", Endpoint)]
    app.mount("/inner", Starlette(routes=[Mount("/deep", routes=inner)]))
    return app


def first_value(name: str, before: str) -> str:
    if name == "name":
        raise LookupError("nothing says which rows name is of")
    return {"book_id": "7", "slug": "new"}[name] if before == "books" else ""


def test_routes_that_answer_get_are_listed_with_a_path() -> None:
    """Those of mounted applications and classes too, and neither documents nor posts."""
    found = listed(routed(application()), ("*",), first_value)

    assert [(each.route, each.path, each.reason) for each in found] == [
        ("api/books/new", "/api/books/new", None),
        ("api/books/{book_id}", "/api/books/7", None),
        ("api/books/{slug}", None, "/api/books/new leads to another view"),
        ("inner/deep/{name}/edit", None, "nothing says which rows name is of"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/books/new", "api/books/new"),
        ("/api/books/12", "api/books/{book_id}"),
        ("/api/books/a%20b", "api/books/{slug}"),
        ("/inner/deep/x/edit", "inner/deep/{name}/edit"),
        ("/inner/deep/posts", None),
        ("/nope", None),
    ],
)
def test_a_path_is_of_the_first_route_that_it_fits(path: str, expected: str | None) -> None:
    """As the application tries them."""
    assert route_of(path, routed(application())) == expected


def test_a_middleware_around_an_application_is_looked_through() -> None:
    """What has no routes and wraps what has some."""

    class Wrapped:
        app = application()

    assert len(routed(Wrapped())) == 4
