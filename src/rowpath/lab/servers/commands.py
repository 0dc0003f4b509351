"""How each measured application is started, under the server that its documentation recommends."""

import sys
from collections.abc import Sequence

from rowpath.lab.experiment import App

# Kept longer than a run pauses between two requests, so that none meets a connection just closed.
KEEP_ALIVE_S = 75

# -P: the folder that a program is run from is not searched for modules.
_PYTHON = (sys.executable, "-P", "-m")
_GUNICORN = ("gunicorn", "--config", "python:rowpath.lab.apps.django.gunicorn_config")
_UVICORN = (
    "uvicorn",
    *("--loop", "uvloop", "--http", "httptools", "--no-access-log"),
    *("--timeout-keep-alive", str(KEEP_ALIVE_S)),
)
_RUNBOLT = ("django", "runbolt", "--settings", "rowpath.lab.apps.bolt.settings", "--no-admin")
# What is started, and its option for the number of worker processes.
_COMMANDS: dict[App, tuple[Sequence[str], str]] = {
    App.DJANGO: ((*_GUNICORN, "rowpath.lab.apps.django.wsgi:application"), "--workers"),
    App.PEERS: ((*_GUNICORN, "rowpath.lab.apps.peers.wsgi:application"), "--workers"),
    App.FASTAPI: ((*_UVICORN, "rowpath.lab.apps.fastapi.main:app"), "--workers"),
    App.LITESTAR: ((*_UVICORN, "rowpath.lab.apps.litestar.main:app"), "--workers"),
    App.BOLT: (_RUNBOLT, "--processes"),
}


def command(app: App, host: str, port: int, workers: int) -> tuple[str, ...]:
    """Return what starts an application with so many worker processes."""
    started, option = _COMMANDS[app]
    bound = (
        ("--bind", f"{host}:{port}")
        if _is_under_gunicorn(app)
        else ("--host", host, "--port", str(port))
    )
    return (*_PYTHON, *started, *bound, option, str(workers))


def answers_itself(app: App, workers: int) -> bool:
    """Return whether the process that is started is the worker; else its children are."""
    return workers == 1 and not _is_under_gunicorn(app)


def _is_under_gunicorn(app: App) -> bool:
    return app in {App.DJANGO, App.PEERS}
