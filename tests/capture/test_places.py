"""The line of the project that a statement comes from."""

import asyncio
import json
from multiprocessing.pool import ThreadPool

import pytest
from sqlalchemy.util import greenlet_spawn

from rowpath.capture.places import Spot, calling, is_outside_libraries
from rowpath.capture.trace import Place

HERE = "capture/test_places.py"


def test_a_place_is_the_line_that_called() -> None:
    """With its file from the package on, its function by its whole name, and the line's text."""
    found = calling(is_outside_libraries)

    assert found is not None
    place = found.place()
    assert place.file == HERE
    assert place.function == "test_a_place_is_the_line_that_called"
    assert place.code == "found = calling(is_outside_libraries)"


def test_what_stands_between_is_passed_over() -> None:
    """A library that sends on one's behalf has no part in it: the line that called it is told."""
    found = list(map(calling, [is_outside_libraries]))
    queued = ThreadPool(1)
    with queued:
        alone = queued.apply(calling, [is_outside_libraries])

    assert found[0] is not None
    assert found[0].place().code == "found = list(map(calling, [is_outside_libraries]))"
    assert alone is None


def test_what_is_own_is_told_by_whoever_records() -> None:
    """Of an installed package some modules can be the project's, and of a project some not."""
    outermost = calling(lambda module, _: module.startswith("_pytest.runner"))
    framework = calling(lambda _module, _file: False)

    assert outermost is not None
    assert outermost.place().file == "_pytest/runner.py"
    # Without a line of the project's it is that of the innermost framework: here, this test.
    assert framework is not None
    assert framework.place().file == HERE


def test_the_coroutine_that_awaits_a_greenlet_is_found() -> None:
    """SQLAlchemy's async sessions send from a greenlet, whose stack has none of the project."""

    async def awaiting() -> Place:
        # calling() is the greenlet's first function: below it there is none of this file.
        found = await greenlet_spawn(calling, is_outside_libraries)
        assert found is not None
        return found.place()

    place = asyncio.run(awaiting())

    assert place.function.endswith("awaiting")
    assert place.code == "found = await greenlet_spawn(calling, is_outside_libraries)"


@pytest.mark.parametrize("file", ["<string>", json.__file__, pytest.__file__])
def test_a_library_is_not_the_project(file: str) -> None:
    """Neither what is generated nor what is installed is."""
    assert not is_outside_libraries("any", file)


def test_a_package_is_named_by_its_init_file() -> None:
    """Its path begins at the outermost package, wherever that is installed."""
    scope: dict[str, object] = {}
    code = compile("def f():\n    pass", "/somewhere/shop/views/__init__.py", "exec")
    exec(code, scope)  # noqa: S102
    function = scope["f"]

    place = Spot("shop.views", function.__code__, 2).place()  # type: ignore[attr-defined]

    assert place == Place(file="shop/views/__init__.py", line=2, function="f", code="")
