"""What a list of this project's would be with a mixin, as somebody else's module foretells it."""

from importlib import import_module

from django.urls import resolve

from rowpath.explain.django.client import user_named
from rowpath.explain.django.views import class_in
from rowpath.explain.messages import Foresee, Foreseen, Foresight
from rowpath.explain.recording.frames import OwnCode


def foreseen(order: Foresee, code: OwnCode) -> Foresight:
    """Return what the order's module tells of the request's view; None of a library's class.

    It is handed in by its name, since what it knows is of no concern to what explains.
    """
    path, _, query = order.request.path.partition("?")
    match = resolve(path)
    teller = import_module(order.teller)
    found = teller.foreseen(match.func, match.kwargs, query, user_named(order.request.user))
    owner = None if found is None else class_in(found[0], code)
    return Foresight(of=None if owner is None else Foreseen(owner=owner, told=found[1]))
