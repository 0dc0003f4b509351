"""The ASGI application that a project has, imported."""

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from rowpath.errors import ServerError, UsageError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def application(named: str) -> Application:
    """Return what is named like `shop.main:app`, or `shop.main:create_app()` for what that makes.

    UsageError where there is no such module or attribute, or it is no ASGI application;
    ServerError where importing it fails.
    """
    sys.path.insert(0, str(Path.cwd()))
    module_name, _, attribute = named.partition(":")
    found = _imported(module_name)
    for name in attribute.removesuffix("()").split("."):
        if not hasattr(found, name):
            raise UsageError(
                f"Cannot find the application {named}: {module_name} has no {name}. Name the "
                "attribute that its server is given."
            )
        found = getattr(found, name)
    if attribute.endswith("()"):
        found = _called(found, named)
    if not _is_application(found):
        raise UsageError(
            f"Cannot ask {named}: a {type(found).__name__} is no ASGI application, which is called "
            "with scope, receive and send. Name the attribute that its server is given, with () "
            "behind it where it is a function that makes one."
        )
    made: Application = found
    return made


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise UsageError(
                f"Cannot import {name}: there is no module {error.name} in {Path.cwd()}. Name the "
                "right one with --app, or start in the project's folder."
            ) from error
        raise _failed(name, error) from error
    except Exception as error:
        raise _failed(name, error) from error


def _failed(name: str, error: Exception) -> ServerError:
    return ServerError(
        f"Cannot start the application of {name}: {type(error).__name__}: "
        f"{' '.join(str(error).split())}. Start it with its own server first."
    )


def _called(factory: Any, named: str) -> Any:
    if not callable(factory):
        raise UsageError(
            f"Cannot call {named}: it is a {type(factory).__name__}. Leave the parentheses away."
        )
    try:
        return factory()
    except Exception as error:
        raise _failed(named, error) from error


def _is_application(found: Any) -> bool:
    if not callable(found) or isinstance(found, type):
        return False
    try:
        inspect.signature(found).bind({}, None, None)
    except (TypeError, ValueError):
        return False
    call = found if inspect.isroutine(found) else type(found).__call__
    return inspect.iscoroutinefunction(call) or not inspect.isfunction(found)
