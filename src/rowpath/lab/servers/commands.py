"""How an application is started under each kind of server."""

import sys
from collections.abc import Callable

from rowpath.lab.applications import APPLICATIONS, App
from rowpath.lab.conditions import ServerKind

# Kept longer than a run pauses between two requests, so that none meets a connection just closed.
KEEP_ALIVE_S = 75
THREADS = 8
"""Of a worker with threads: more than there are cores, since each waits for the database."""

# -P: the folder that a program is run from is not searched for modules.
_PYTHON = (sys.executable, "-P", "-m")
_GUNICORN = ("gunicorn", "--config", "python:rowpath.lab.apps.django.gunicorn_config")
_UVICORN = (
    "uvicorn",
    *("--loop", "uvloop", "--http", "httptools", "--no-access-log"),
    *("--timeout-keep-alive", str(KEEP_ALIVE_S)),
)
_RUNBOLT = ("django", "runbolt", "--no-admin")

_Arguments = tuple[str, ...]


def _gunicorn(target: str, host: str, port: int, workers: int) -> _Arguments:
    return (*_GUNICORN, target, "--bind", f"{host}:{port}", "--workers", str(workers))


def _gunicorn_threads(target: str, host: str, port: int, workers: int) -> _Arguments:
    threads = ("--worker-class", "gthread", "--threads", str(THREADS))
    return (*_gunicorn(target, host, port, workers), *threads)


def _uvicorn(target: str, host: str, port: int, workers: int) -> _Arguments:
    return (*_UVICORN, target, "--host", host, "--port", str(port), "--workers", str(workers))


def _gunicorn_uvicorn(target: str, host: str, port: int, workers: int) -> _Arguments:
    # This worker takes uvloop and httptools where they are installed, and logs no request unless
    # gunicorn does.
    worker = ("--worker-class", "uvicorn_worker.UvicornWorker")
    return (*_gunicorn(target, host, port, workers), *worker, "--keep-alive", str(KEEP_ALIVE_S))


def _runbolt(target: str, host: str, port: int, workers: int) -> _Arguments:
    bound = ("--host", host, "--port", str(port))
    return (*_RUNBOLT, "--settings", target, *bound, "--processes", str(workers))


_ASGI = {ServerKind.UVICORN, ServerKind.GUNICORN_UVICORN}
_STARTED_BY: dict[ServerKind, Callable[[str, str, int, int], _Arguments]] = {
    ServerKind.GUNICORN: _gunicorn,
    ServerKind.GUNICORN_THREADS: _gunicorn_threads,
    ServerKind.UVICORN: _uvicorn,
    ServerKind.GUNICORN_UVICORN: _gunicorn_uvicorn,
    ServerKind.RUNBOLT: _runbolt,
}


def command(app: App, kind: ServerKind, host: str, port: int, workers: int) -> _Arguments:
    """Return what starts an application with so many worker processes."""
    application = APPLICATIONS[app]
    target = application.target
    if kind in _ASGI and application.asgi_target is not None:
        target = application.asgi_target
    return (*_PYTHON, *_STARTED_BY[kind](target, host, port, workers))


def answers_itself(kind: ServerKind, workers: int) -> bool:
    """Return whether the process that is started is the worker; else its children are."""
    return workers == 1 and kind in {ServerKind.UVICORN, ServerKind.RUNBOLT}
