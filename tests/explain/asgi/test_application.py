"""The application that a project has: found, made, or told what it is instead."""

from pathlib import Path

import pytest

from rowpath.errors import RowpathError, ServerError, UsageError
from rowpath.explain.asgi.application import application
from rowpath.explain.project_of import application_in

SOURCE = """
async def app(scope, receive, send): ...
class Wrapped:
    async def __call__(self, scope, receive, send): ...
wrapped = Wrapped()
number = 1
def create_app():
    return app
def create_nothing():
    return None
def fails():
    raise RuntimeError("no such day")
"""
UNKNOWN = {
    "asgi_shop.no.such:app": (UsageError, "Cannot import asgi_shop.no.such: there is no module"),
    "asgi_shop.main:nothing": (UsageError, "asgi_shop.main has no nothing"),
    "asgi_shop.main:number": (UsageError, "a int is no ASGI application"),
    "asgi_shop.main:Wrapped": (UsageError, "a type is no ASGI application"),
    "asgi_shop.main:create_app": (UsageError, "a function is no ASGI application"),
    "asgi_shop.main:create_nothing()": (UsageError, "a NoneType is no ASGI application"),
    "asgi_shop.main:number()": (UsageError, "it is a int. Leave the parentheses away"),
    "asgi_shop.main:fails()": (ServerError, "RuntimeError: no such day"),
    "asgi_shop.broken:app": (ServerError, "NameError: name 'nobody' is not defined"),
    "asgi_shop.lacking:app": (ServerError, "No module named 'no_such_package'"),
}


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package in the current folder."""
    folder = tmp_path / "asgi_shop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "main.py").write_text(SOURCE)
    (folder / "broken.py").write_text("nobody\n")
    (folder / "lacking.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["app", "wrapped", "create_app()"])
def test_an_application_is_what_is_called_with_scope_receive_and_send(name: str) -> None:
    """A coroutine function, an object that is called like one, and what a function makes."""
    assert callable(application(f"asgi_shop.main:{name}"))


@pytest.mark.parametrize("named", UNKNOWN)
def test_what_is_no_application_is_told_in_a_line(named: str) -> None:
    """What is not there, is something else or fails when imported is told with what to do."""
    kind, message = UNKNOWN[named]

    with pytest.raises(RowpathError) as raised:
        application(named)

    assert isinstance(raised.value, kind)
    assert message in str(raised.value)


@pytest.mark.parametrize("named", ["store.main", "store/main.py:app", ":app", "store.main:"])
def test_a_name_that_is_none_is_told(tmp_path: Path, named: str) -> None:
    """An application is named by a module and an attribute."""
    with pytest.raises(UsageError, match="that is no module and attribute"):
        application_in(tmp_path, named)
