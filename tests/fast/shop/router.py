"""Reads go where the request says, writes to the default database."""

from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from fast.shop.middleware import Answer

_reads_from: ContextVar[str] = ContextVar("reads_from", default="replica")


class ByRequest:
    def db_for_read(self, _model: type, **_hints: Any) -> str:
        return _reads_from.get()

    def db_for_write(self, _model: type, **_hints: Any) -> str:
        return "default"


def reads_from(answer: Answer) -> Answer:
    """Let the header Reads-From choose the database for one request."""

    def chosen(request: HttpRequest) -> HttpResponseBase:
        token = _reads_from.set(request.headers.get("Reads-From", "replica"))
        try:
            return answer(request)
        finally:
            _reads_from.reset(token)

    return chosen
