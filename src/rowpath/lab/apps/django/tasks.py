"""Work of the application that is no web endpoint, asked for over the same wire."""

from contextlib import nullcontext
from pathlib import Path
from secrets import compare_digest
from time import perf_counter, process_time

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.sizes import DEFAULT_ROWS, rows_asked
from rowpath.lab.apps.meeting import MEETING_HEADER, meet
from rowpath.lab.apps.tracing import CPU_HEADER, DURATION_HEADER, TOKEN_HEADER

WATCH = "rowpath_watch"
"""The attribute of a request that holds a traced server's instruments, to be entered for `run`."""


class KnowsToken(BasePermission):
    """Lets in whoever knows the server's token.

    Any page in a browser can send a POST to a server on loopback, but not with a header of ours:
    the browser asks the server first whether it may, and this one does not say so.
    """

    message = f"A task needs the token of this server in the header {TOKEN_HEADER}."

    def has_permission(self, request: Request, view: APIView) -> bool:
        given = request.headers.get(TOKEN_HEADER, "")
        return compare_digest(given.encode(), settings.ROWPATH_TOKEN.encode())


class Task(APIView):
    """Work that is no web endpoint: a daily job, a bulk write. `run` is the whole of it.

    It runs in a worker process of the application, on the connection that any request has, in
    autocommit. Only `run` is timed, by the clocks of this process, and traced. A task that runs
    beside another waits for it between `prepare` and `run`.
    """

    permission_classes = (KnowsToken,)

    def prepare(self, rows: int) -> None:
        """Make what the task finds. Not part of it: neither timed nor traced."""

    def run(self, rows: int) -> object:
        """Do the task for a number of rows."""
        raise NotImplementedError

    def left(self, rows: int, result: object) -> object:
        """Return what to answer: what `run` returned, or what it left. Neither timed nor traced."""
        return result

    def post(self, request: Request) -> Response:
        rows = rows_asked(request, default=None)
        if rows is None:
            rows = DEFAULT_ROWS
        self.prepare(rows)
        with getattr(request, WATCH, nullcontext()):
            if (meeting := request.headers.get(MEETING_HEADER)) is not None:
                meet(Path(meeting))
            cpu_started, started = process_time(), perf_counter()
            result = self.run(rows)
            duration_s, cpu_s = perf_counter() - started, process_time() - cpu_started
        return Response(
            data=self.left(rows, result),
            headers={DURATION_HEADER: f"{duration_s:.9f}", CPU_HEADER: f"{cpu_s:.9f}"},
        )
