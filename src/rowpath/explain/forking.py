"""A process that forks a project's workers: `python -m rowpath.explain.forking WORKER DESCRIPTOR`.

Most of the time in which a project starts goes into Python and the framework. Here they are
imported once, with the module `WORKER` that needs them, and nothing of the project: so a worker is
as fresh as one that was started, but for the order in which sets have strings, which all workers of
this process share.

It reads orders from the descriptor, a socket to the command: None to fork a worker, for which the
handles of its connection and of its output follow, and the pid of a worker to end it. Each is
answered with the worker's pid, once it is forked, or over.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle

Run = Callable[[Connection], None]


def forked(orders: Connection) -> Connection | None:
    """Carry out orders; return, in each worker, its connection, and here None when all is over."""
    workers: set[int] = set()
    while True:
        try:
            pid: int | None = orders.recv()
        except EOFError:
            break
        if pid is not None:
            workers.remove(pid)
            _end(pid)
            orders.send(pid)
            continue
        connection, output = recv_handle(orders), recv_handle(orders)
        pid = os.fork()
        if pid == 0:
            orders.close()
            _write_to(output)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            return Connection(connection)
        os.close(connection)
        os.close(output)
        workers.add(pid)
        orders.send(pid)
    for pid in workers:
        _end(pid)
    return None


def _end(pid: int) -> None:
    """End a worker at once; its database rolls back what it had open."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _write_to(output: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    os.close(output)


def _main(worker: str, descriptor: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run: Run = import_module(worker).run
    gc.collect()
    gc.freeze()
    connection = forked(Connection(int(descriptor)))
    if connection is not None:
        run(connection)


if __name__ == "__main__":
    _main(*sys.argv[1:])
