"""The process that drives Locust, and nothing else: its import changes how Python waits.

Its one argument is a file with what to do, or a folder in which there will be one after the other:
0.json, 1.json and so on. It appends to the file that is named there what it has to tell, a line of
JSON each, the last of which says that it is over.
"""

import json
import signal
import sys
import traceback
from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

from locust import User
from locust.util.load_locustfile import load_locustfile

from rowpath.errors import RowpathError
from rowpath.lab.load.hosts import check_named
from rowpath.lab.load.locust.roles import RoleError, alone, lead, work
from rowpath.lab.load.plan import Order

LOOK_EVERY_S = 0.02
"""For the next file: seldom enough to take nothing from what is measured meanwhile."""


def main() -> None:
    """Do what the files say, and tell why that could not be done."""
    # Told to stop, a master tells its workers on the way out.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    told = Path(sys.argv[1])
    for path in _coming(told) if told.is_dir() else [told]:
        _do_and_tell(json.loads(path.read_text(encoding="utf-8")))


def _coming(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder as they come, until this process is ended."""
    for number in count():
        path = folder / f"{number}.json"
        while not path.exists():
            sleep(LOOK_EVERY_S)
        yield path


def _do_and_tell(job: dict[str, Any]) -> None:
    with Path(job["frames"]).open("a", encoding="utf-8", buffering=1) as frames:

        def tell(frame: dict[str, Any]) -> None:
            if "rows" in frame:
                frame = frame | {"rows": b64encode(frame["rows"]).decode()}
            frames.write(json.dumps(frame) + "\n")

        try:
            _do(job, tell)
            tell({"event": "over"})
        except (RoleError, RowpathError) as error:
            tell(
                {"event": "error", "reason": str(error), "is_told": isinstance(error, RowpathError)}
            )
            sys.exit(1)
        except Exception as error:  # noqa: BLE001 whoever started this is told of any
            traceback.print_exc()
            tell({"event": "error", "reason": f"{type(error).__name__}: {error}", "is_told": False})
            sys.exit(1)


def _do(job: dict[str, Any], tell: Any) -> None:  # noqa: ANN401 roles.Tell
    classes = _user_classes(job)
    match job["role"]:
        case "alone":
            alone(job["order"], classes, tell)
        case "master":
            lead(job["order"], tuple(job["bound"]), classes, tell)
        case _:

            def may_ask(order: Order) -> None:
                urls = [target.url for target in order.targets]
                urls += [order.host] if order.host else []
                check_named(urls, may_leave_loopback=job["may_leave_loopback"])

            work(tuple(job["master"]), may_ask, classes, tell)


def _user_classes(job: dict[str, Any]) -> list[type[User]]:
    """Return the user's own users, none where the plan says what is asked."""
    if job["locustfile"] is None:
        return []
    try:
        users, shapes = load_locustfile(job["locustfile"])
    except Exception as error:
        raise RoleError(f"its import ends with {type(error).__name__}: {error}") from error
    if not users:
        raise RoleError("it has no user class")
    if shapes:
        raise RoleError("it has a shape, which --users, --spawn-rate and --run-time stand for here")
    host = job["host"]
    hosts = [each.host or host for each in users.values()]
    if None in hosts:
        raise RoleError("its users have no host; name it as the URL")
    if host is None:
        check_named(map(str, hosts), may_leave_loopback=job["may_leave_loopback"])
    return list(users.values())


if __name__ == "__main__":
    main()
