"""One list by adrf's views and serializers, as adrf has it and with rowpath's mixin."""

from collections import OrderedDict
from typing import Any, cast

import adrf.generics
import adrf.serializers
from adrf.test import AsyncAPIRequestFactory
from asgiref.sync import async_to_sync
from rest_framework.generics import ListAPIView
from rest_framework.response import Response

from fast.drf.comparing import Answer, DifferenceError, unread_values_allowed
from fast.drf.running import Namespace, run, view_of
from fast.exact import chain, exact
from rowpath.fast.drf import outcome_of
from rowpath.fast.drf.asynchronous import AsyncFastListMixin


def awaited_view(serializer: str, view: str, namespace: Namespace) -> type[ListAPIView[Any]]:
    """Return the view of both sources as adrf's: its rows have a serializer of adrf's, too."""
    own = namespace | {"ListAPIView": adrf.generics.ListAPIView, "awaiting": adrf.serializers}
    # Those within it are DRF's.
    run(f"S = {serializer.replace('(serializers.', '(awaiting.', 1)}", own)
    return view_of(view, own)


def awaited(view: type[ListAPIView[Any]], url: str, accept: str) -> str:
    """Ask adrf and rowpath for `url`, twice. Raises DifferenceError.

    Return how rowpath answered: the way, "adrf" or "raised".
    """
    fast = type("View", (AsyncFastListMixin, view), {})
    theirs, by_adrf = _asked(view, url, accept)
    for ours, path in (_asked(fast, url, accept), _asked(fast, url, accept)):
        told = [theirs, ours]
        if by_adrf == "raised" != path:
            with unread_values_allowed():
                wanted, _ = _asked(view, url, accept)
            told = [wanted[0], ours[0]]  # the rows cannot be read again to be data
        if told[0] != told[1]:
            raise DifferenceError(f"awaited {url}: {path}\nadrf: {told[0]}\nfast: {told[1]}")
    return path


def _asked(view: type[ListAPIView[Any]], url: str, accept: str) -> tuple[Any, str]:
    request = AsyncAPIRequestFactory().get(url, headers={"accept": accept})

    async def ask() -> Response:
        response: Response = await cast("Any", view.as_view()(request))
        return response

    try:
        response = async_to_sync(ask)()
        outcome = outcome_of(response)
        response.render()
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return chain(error), "raised"
    headers = tuple(sorted(response.headers.items()))
    answer = Answer(status=response.status_code, headers=headers, content=response.content)
    return (answer, exact(_with_dicts(response.data))), (outcome and outcome.way) or "adrf"


def _with_dicts(data: object) -> object:
    """Return `data` with a dict for each row, as rowpath has it, and DRF."""
    if isinstance(data, dict) and "results" in data:
        return data | {"results": _with_dicts(data["results"])}
    rows = isinstance(data, list) and [
        dict(one) if type(one) is OrderedDict else one for one in data
    ]
    return [type(data), rows] if rows else data
