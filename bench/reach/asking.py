"""Asks each list of a project for real, with FastListMixin and without, and compares the answers.

The rows are those that the project has made itself with its tables, those of its world, and a few
of `rows.py` where there are none. DRF is
asked before and after, so that what it answers otherwise the second time is not held against the
mixin.
"""

# ruff: noqa: ANN401 - views and users are of any type

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import ViewSetMixin
from rows import fill
from world import World

from rowpath.fast.codes import unwrapped
from rowpath.fast.drf import FastListMixin, outcome_of
from rowpath.fast.drf.forecasting.asking import Client, _http_request, ask, url_kwargs
from rowpath.fast.drf.forecasting.placing import with_mixin
from rowpath.fast.drf.forecasting.routes import Route, list_routes

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client sees, and how it came about."""

    status: int | str
    """HTTP's, or the exception that the view raised."""
    headers: Mapping[str, str]
    body: bytes
    outcome: str

    def without(self, headers: Collection[str]) -> tuple[object, ...]:
        """Return what a client sees, but for some headers."""
        rest = {name: value for name, value in self.headers.items() if name not in headers}
        return self.status, rest, self.body


def asked(world: World, user: Any) -> Iterator[dict[str, Any]]:
    """Yield for each list that can be asked how it was answered, and whether DRF says the same."""
    kwargs = {name: str(value) for name, value in world.kwargs.items()}
    query = "&".join(f"{name}={value}" for name, value in world.query.items())
    client = Client(user=user, kwargs=kwargs, query=query)
    routes = []
    tables = []
    for route in list_routes():
        if not isinstance(route, Route) or route.is_asynchronous:
            continue
        if route.url.parameters.keys() <= kwargs.keys():
            is_json, model = known(route, client)
            routes += [route] if is_json else []
            tables += [model] if is_json and model is not None else []
    fill(tables)
    for route in routes:
        yield compared(route, client)


def known(route: Route, client: Client) -> tuple[bool, Any]:
    """Return whether the list has JSON, and the model of its rows, if its view can say which."""
    try:
        there = ask(route.view_class, route, client)
    except Exception:  # noqa: BLE001 - whatever a project raises is its answer later
        return True, None
    is_json = "json" in str(there.renderer.media_type)
    try:
        return is_json, there.view.get_queryset().model
    except Exception:  # noqa: BLE001 - likewise
        return is_json, None


@contextmanager
def statements_counted() -> Iterator[list[str]]:
    """Note each statement that is sent within."""
    sent: list[str] = []

    def note(execute: Any, sql: Any, *said: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, *said)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(note))
        yield sent


def compared(route: Route, client: Client) -> dict[str, Any]:
    """Return how the list was answered with the mixin, beside DRF's own answers."""
    with statements_counted() as sent:
        before = answer(route.view_class, route, client)
    fast = with_list_of_mixin(route.view_class)
    came = answer(fast, route, client)
    # Once more, since its first answer may have been another: a plan was made, a way was learned.
    with statements_counted() as sent_again:
        again = answer(fast, route, client)
    after = answer(route.view_class, route, client)
    # The time of the answer, say.
    varying = {name for name, _ in set(before.headers.items()) ^ set(after.headers.items())}
    first, *others = (one.without(varying) for one in (before, came, again, after))
    same = others.count(first) == len(others)
    steady = first == others[-1]
    return {
        "route": str(route),
        "status": before.status,
        "rows": rows_in(before.body),
        "statements": [len(sent), len(sent_again)],
        "outcome": again.outcome,
        "body": before.body[:200].decode(errors="replace"),
        "came": "the same" if same else "differs" if steady else "DRF varies",
        "answers": None if same else [repr(one)[:2000] for one in (before, came, again)],
    }


def with_list_of_mixin(view_class: Any) -> Any:
    """Return `view_class` with the mixin, in front of a decorator's copy of DRF's own list().

    With the mixin in the bases of the class that is decorated, the copy would be of the mixin's.
    """
    made: Any = with_mixin(view_class)
    if unwrapped(made.list) is unwrapped(ListModelMixin.list):
        made.list = FastListMixin.list
    return made


def answer(view_class: Any, route: Route, client: Client) -> Answer:
    """Return the answer of the view class in the route's place, or what it raised."""
    kwargs = url_kwargs(route, client)
    request = _http_request(route, client, kwargs, JSON)
    actions = (dict(route.actions),) if issubclass(view_class, ViewSetMixin) else ()
    view = view_class.as_view(*actions, **route.initkwargs)
    try:
        response = view(request, **kwargs)
        if hasattr(response, "render"):
            response.render()
        body = bytes(response.content)
    except Exception as error:  # noqa: BLE001 - whatever a project raises is its answer
        status = type(error).__name__
        return Answer(status=status, headers={}, body=str(error).encode(), outcome="raised")
    outcome = outcome_of(response)
    return Answer(
        status=response.status_code,
        headers=dict(response.headers),
        body=body,
        outcome=(outcome and (outcome.path or outcome.way)) or "DRF",
    )


def rows_in(body: bytes) -> int:
    """Return how many rows a JSON answer has, of whichever envelope."""
    try:
        value: object = json.loads(body)
    except ValueError:
        return 0
    values = value.values() if isinstance(value, Mapping) else [value]
    return max((len(one) for one in values if isinstance(one, list)), default=0)
