"""Every list of a project tried, its views as they are: `ROWPATH = {"everywhere": "shadow"}`.

DRF answers as ever. Behind that, when its answer has been rendered, the same list is asked for as
FastListMixin would answer it, by a copy of the view, and the bytes are held against DRF's. No
answer is ever rowpath's; what was found goes to the logger `rowpath.fast`.

DRF's list() is looked behind in its own class, ListModelMixin: so a list() of the project's that
calls super() is tried for what it calls.
"""

import copy
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from weakref import WeakSet

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from rowpath.fast.bounded import Bounded
from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.admission.views import view_falls_back
from rowpath.fast.drf.answering.responses import Outcome, outcome_of, ties_of
from rowpath.fast.drf.answering.shadow import difference, is_due, tied
from rowpath.fast.drf.answers import Answered, answer, listed
from rowpath.fast.drf.data.hook import Function, put
from rowpath.fast.drf.grounds import changed
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.drf.options import options
from rowpath.fast.drf.steps import held, step
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.names import named
from rowpath.fast.stores import forget, kept

_log = logging.getLogger("rowpath.fast")

_Ties = Callable[[bytes, bytes], bool]

# A project has fewer findings, unless their texts have values of requests or its views are made
# anew; then some are told at their level again.
_TOLD = 1_000

# What was told last of each view, and the views of which a difference was.
_told: Bounded[object] = kept(Bounded(_TOLD), changed_by="ROWPATH")
_differed: WeakSet[type] = kept(WeakSet(), changed_by="ROWPATH")


def install() -> None:
    """Look behind DRF's list() from now on, in requests in which the setting asks for it.

    No list may be under way.
    """
    put(ListModelMixin, "list", _trying)
    forget()  # which list() is relied on


def _trying(theirs: Function) -> Function:
    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:  # noqa: A001 - DRF's
        if not _is_asked_for(self):
            return theirs(self, request, *args, **kwargs)
        view = _copied_or_none(self)
        response = theirs(self, request, *args, **kwargs)
        if view is not None and isinstance(response, Response):
            ask = _Asked(view, lambda view: theirs(view, request, *args, **kwargs))
            response.add_post_render_callback(ask.behind)
        return response

    return list


def _is_asked_for(view: Any) -> bool:
    wanted = options().everywhere == "shadow" and not isinstance(view, FastListMixin)
    return wanted and type(view) not in _differed and is_due(otherwise=1.0)


def _copied_or_none(view: Any) -> Any:
    """Return a copy of `view`; None if it has a say in that and raises, which is no answer's."""
    try:
        return _copied(view)
    except Exception as error:  # noqa: BLE001 - whatever a view raises
        _tell(type(view), f"not tried, since a copy raised {type(error).__name__}", logging.INFO)
        return None


def _copied(view: Any) -> Any:
    """Return `view` as it is now, with a paginator of its own."""
    made, own = copy.copy(view), vars(view)
    paginators = {name: one for name, one in own.items() if isinstance(one, BasePagination)}
    vars(made).update({name: copy.copy(one) for name, one in paginators.items()})
    return made


@dataclass(frozen=True, slots=True)
class _Asked:
    """One list that is asked for again behind DRF's answer."""

    view: Any
    """As it was before DRF's list()."""
    by_drf: Callable[[Any], Response]
    """DRF's list() of a view."""

    def behind(self, response: Any) -> None:
        """Hold what rowpath would have answered against `response`, which is rendered.

        Whatever is raised is logged: the answer is there.
        """
        view_class = type(self.view)
        try:
            if response.status_code == HTTPStatus.OK:
                style_of(response.accepted_renderer, response.accepted_media_type)
                with _apart():
                    self._compare(response)
        except CannotCompileError as error:
            _tell(view_class, f"not tried, since {error.fall_back.reason}", logging.INFO)
        except Exception as error:  # noqa: BLE001 - the project's code, too, may raise now
            kind = f"asked for behind DRF's answer it raised {type(error).__name__}"
            # The message may have values that no other request has.
            _tell(view_class, f"{kind}: {error}", logging.WARNING, finding=kind)

    def _compare(self, response: Any) -> None:
        view_class, theirs = type(self.view), response.content
        ours, answered, only_ties_differ = self._ours(response)
        outcome = outcome_of(answered.response) or Outcome(
            reason=answered.reason, made=answered.made
        )
        text = f"the way {outcome.way}" if outcome.way else "DRF's own way"
        if outcome.reason is not None:
            text += f" (not rows, since {outcome.reason.reason})"
        if ours == theirs:
            _tell(view_class, f"{text}, with the same bytes as DRF's", logging.INFO)
            return
        # What the view, or time, has made of DRF's list since is in the answer.
        again = self._drfs(response)
        if ours == again:
            text += ", with the same bytes as DRF's list() when it is asked again"
            _tell(view_class, text, logging.INFO)
        elif self._drfs(response) != again:
            _tell(view_class, "DRF's own answer is another when it is asked again", logging.INFO)
        elif self._ours(response)[0] != ours:
            _tell(view_class, f"{text}, whose bytes change between two", logging.INFO)
        elif only_ties_differ(ours, again):
            _log.warning(tied(view_class))
        else:
            _differed.add(view_class)
            _tell(view_class, f"{text}, with {difference(ours, again)}", logging.ERROR)

    def _drfs(self, like: Any) -> bytes:
        return _body(self.by_drf(_copied(self.view)), like)

    def _ours(self, like: Any) -> tuple[bytes, Answered, _Ties]:
        answered = _answered(_copied(self.view))
        ties = ties_of(answered.response)
        return _body(answered.response, like), answered, ties


def _answered(view: Any) -> Answered:
    """Answer as FastListMixin would for `view`."""
    request: Request = view.request
    view.list_unpaginated = FastListMixin.list_unpaginated.__get__(view)
    view.list_written = FastListMixin.list_written.__get__(view)
    reason = _beforehand(view)
    queryset = view.filter_queryset(view.get_queryset())
    if reason is not None:
        return listed(view, request, queryset, reason)
    return answer(view, request, queryset, is_shadowed=lambda: False)


def _beforehand(view: Any) -> FallBack | None:
    try:
        return _known(view)
    except CannotCompileError as error:
        return error.fall_back


@step
def _known(view: Any) -> FallBack | None:
    return changed() or view_falls_back(view, ListModelMixin) or held(view)


def _body(response: Response, like: Any) -> bytes:
    """Return `response` rendered as `like` was."""
    response.accepted_renderer = like.accepted_renderer
    response.accepted_media_type = like.accepted_media_type
    response.renderer_context = {**like.renderer_context, "response": response}
    rendered: Any = response.rendered_content
    return rendered if isinstance(rendered, bytes) else rendered.encode(response.charset)


@contextmanager
def _apart() -> Iterator[None]:
    """Let an error of the database break no transaction that is open."""
    with ExitStack() as stack:
        for connection in connections.all(initialized_only=True):
            if connection.in_atomic_block or _is_without_autocommit(connection):
                stack.enter_context(transaction.atomic(connection.alias))
        yield


def _is_without_autocommit(connection: BaseDatabaseWrapper) -> bool:
    """Whether the project begins and ends transactions itself; opens no connection."""
    return connection.connection is not None and not connection.get_autocommit()


def _tell(view_class: type, text: str, level: int, *, finding: str | None = None) -> None:
    """Log what was found of a view: the same finding, `text` if none is given, on DEBUG later."""
    mine = object()
    is_new = _told.get((view_class, finding or text), lambda: mine) is mine
    level = level if is_new else logging.DEBUG
    _log.log(level, "With FastListMixin, lists of %s: %s.", named(view_class), text)
