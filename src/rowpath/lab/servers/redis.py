"""A Redis or Valkey for the measured applications: one that the user names, or one that we run."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.parse import urlsplit

import redis

from rowpath.errors import DatabaseError, ServerError
from rowpath.lab.packages import REDIS
from rowpath.lab.servers.process import Program, running
from rowpath.lab.servers.server import HOST, free_port
from rowpath.lab.variables import of_children

PROGRAMS = ("redis-server", "valkey-server")
READY_WITHIN_S = 20.0
LOOK_EVERY_S = 0.02
ANSWERS_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A server that answers: where, and which it is."""

    url: str
    name: str
    version: str

    @property
    def versions(self) -> Mapping[str, str]:
        """What a variant that needs one asks for."""
        return {REDIS: self.version}


@contextmanager
def open_redis(url: str | None, logs: Path, *, wanted: bool = True) -> Iterator[Redis | None]:
    """Yield the server at `url`, or one that is run until the block ends.

    That is the first of PROGRAMS on PATH, on loopback, with an empty memory of which nothing is
    kept; None where there is none, and where it is not `wanted`. DatabaseError where the server at
    `url` does not answer, ServerError where the program does not start. Of a server of the user's
    only keys that begin with `rowpath-` are written, each for a minute at most.
    """
    if url is not None:
        yield _of_the_user(url)
        return
    program = next(filter(None, map(shutil.which, PROGRAMS)), None) if wanted else None
    if program is None:
        yield None
        return
    with TemporaryDirectory(prefix="rowpath-redis-") as folder:
        port = free_port(None)
        place = ("--bind", HOST, "--port", str(port), "--dir", folder)
        keeps_nothing = ("--save", "", "--appendonly", "no")
        started = Program(
            name=Path(program).name,
            argv=(program, *place, *keeps_nothing),
            env=of_children(),
            log=logs / "redis.log",
        )
        with running(started) as process:
            deadline = monotonic() + READY_WITHIN_S
            while (answering := _asked(f"redis://{HOST}:{port}/0")) is None:
                if not process.is_alive() or monotonic() > deadline:
                    raise ServerError(
                        f"Cannot start {program}: it does not answer at {HOST}:{port}. The last "
                        f"lines of its log say why; or give one with --redis-url:\n"
                        f"{process.log_tail()}"
                    )
                sleep(LOOK_EVERY_S)
            yield answering


def _of_the_user(url: str) -> Redis:
    shown = "that address"
    try:
        shown = urlsplit(url).hostname or "it"
        answering = _asked(url, patient=False)
    except (ValueError, redis.RedisError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise DatabaseError(
            f"Cannot use the Redis at {shown}: {reason}. Give --redis-url the address of one that "
            "answers, such as redis://127.0.0.1:6379/0, or leave it out."
        ) from error
    if answering is None:
        msg = "an impatient question has an answer"
        raise AssertionError(msg)
    return answering


def _asked(url: str, *, patient: bool = True) -> Redis | None:
    """Return the server at `url`; where it does not answer, None or, if impatient, its error."""
    client = redis.Redis.from_url(
        url, socket_connect_timeout=ANSWERS_WITHIN_S, socket_timeout=ANSWERS_WITHIN_S
    )
    with client:
        try:
            told = client.info("server")
        except redis.ConnectionError:
            if patient:
                return None
            raise
    name = "valkey" if "valkey_version" in told else "redis"
    version = told.get("valkey_version") or told.get("redis_version") or "0"
    return Redis(url=url, name=name, version=str(version))
