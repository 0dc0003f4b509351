"""What each process of a load does: one that asks alone, a master that leads, a worker that asks.

Master and workers speak Locust's own protocol, with messages of ours beside Locust's: a worker
asks for its order, the master sends it, and once a second the worker sends what it recorded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from locust import User
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_MISSING, LocalRunner, MasterRunner, WorkerRunner

from rowpath.lab.load.locust.asking import Asker, Load
from rowpath.lab.load.locust.recording import Asked, Recorder
from rowpath.lab.load.locust.transport import limit_answers
from rowpath.lab.load.plan import Order

READY, ORDER, PART = "rowpath_ready", "rowpath_order", "rowpath_part"
HAND_OVER_EVERY_S = 1.0
LAST_PARTS_WITHIN_S = 15.0
"""More than it takes to send the rows of a second over a slow network."""
FORM = 1
"""Of the messages: a master and its workers must have the same."""

Tell = Callable[[dict[str, Any]], None]
"""Hands something on to whoever started this process."""


class RoleError(Exception):
    """A process cannot do its part; the message is the reason, no sentence."""


def alone(content: dict[str, Any], user_classes: list[type[User]], tell: Tell) -> None:
    """Ask all by this process, and tell what it recorded."""
    order = Order.read(content)
    environment = _environment(order, user_classes)
    runner = environment.create_local_runner()
    began = _beginning(environment)
    recorder = _recording(environment, order)
    runner.start(content["users"], spawn_rate=content["spawn_rate"])
    began.wait()
    tell({"event": "began"})
    for part in _parts(runner, recorder, order):
        tell({"worker": "local", **part})
    runner.quit()


def work(
    master: tuple[str, int],
    may_ask: Callable[[Order], None],
    user_classes: list[type[User]],
    tell: Tell,
) -> None:
    """Ask what the master says, and send it what was recorded."""
    environment = Environment(user_classes=user_classes or [Asker])
    try:
        runner = environment.create_worker_runner(*master)
    except ConnectionError as error:
        raise RoleError("no master answers there") from error
    orders: list[dict[str, Any]] = []

    def take(msg: Message, **_: object) -> None:
        orders.append(msg.data)

    runner.register_message(ORDER, take)
    runner.send_message(READY, {"form": FORM})
    tell({"event": "connected"})
    _wait_for(lambda: bool(orders))
    if "refused" in orders[0]:
        raise RoleError(orders[0]["refused"])
    order = Order.read(orders[0], runner.worker_index)
    may_ask(order)
    _arrange(environment, order)
    began = _beginning(environment)
    recorder = _recording(environment, order)
    runner.send_message(READY, {"form": FORM, "armed": True})
    began.wait()
    tell({"event": "began"})
    for part in _parts(runner, recorder, order):
        runner.send_message(PART, part)
    tell({"event": "ended"})
    runner.greenlet.join(timeout=LAST_PARTS_WITHIN_S)  # until the master says to quit


@dataclass(slots=True)
class _Workers:
    """The workers that a master has, by their ids: those with an order, and those that are done."""

    armed: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)


def lead(
    content: dict[str, Any], bound: tuple[str, int], user_classes: list[type[User]], tell: Tell
) -> None:
    """Give the workers their orders when all are there, and tell what they recorded."""
    order = Order.read(content)
    environment = _environment(order, user_classes)
    runner = environment.create_master_runner(*bound)
    workers = _Workers()

    def ready(msg: Message, **_: object) -> None:
        if msg.data["form"] != FORM:
            reason = {"refused": "the master is another version of rowpath"}
            runner.send_message(ORDER, reason, client_id=msg.node_id)
        elif "armed" in msg.data:
            workers.armed.add(msg.node_id)
            tell({"event": "connected", "workers": len(workers.armed)})
        elif len(runner.clients) > content["generators"]:
            reason = {"refused": "the master has all the workers that it expects"}
            runner.send_message(ORDER, reason, client_id=msg.node_id)
        else:
            runner.send_message(ORDER, content, client_id=msg.node_id)

    def part(msg: Message, **_: object) -> None:
        tell({"worker": msg.node_id, **msg.data})
        if msg.data["is_last"]:
            workers.done.add(msg.node_id)

    runner.register_message(READY, ready)
    runner.register_message(PART, part)
    tell({"event": "listening", "port": runner.server.port})
    _wait_for(lambda: len(workers.armed) == content["generators"])
    tell({"event": "began"})
    gevent.spawn(runner.start, content["users"], spawn_rate=content["spawn_rate"])
    longest_s = order.run_time_s + order.grace_s + LAST_PARTS_WITHIN_S
    try:
        gevent.sleep(order.run_time_s)
        with gevent.Timeout(longest_s - order.run_time_s, exception=False):
            _wait_for(lambda: workers.done | _missing(runner) >= workers.armed)
        if lost := workers.armed - workers.done:
            tell({"event": "lost", "workers": sorted(lost)})
    finally:  # be it that the load is ended by hand: workers elsewhere are to end as well
        runner.quit()


def _missing(runner: MasterRunner) -> set[str]:
    """Return the workers that Locust has not heard of for some seconds."""
    return {client.id for client in runner.clients.all if client.state == STATE_MISSING}


def _environment(order: Order, user_classes: list[type[User]]) -> Environment:
    environment = Environment(user_classes=user_classes or [Asker])
    _arrange(environment, order)
    return environment


def _arrange(environment: Environment, order: Order) -> None:
    environment.stop_timeout = order.grace_s
    environment.host = order.host


def _beginning(environment: Environment) -> Event:
    """Return an event that is set when the load begins in this process."""
    began = Event()
    environment.events.test_start.add_listener(lambda **_: began.set())
    return began


def _recording(environment: Environment, order: Order) -> Recorder:
    """Return the recorder, from now on given all that users ask here."""
    recorder = Recorder()
    environment.events.test_start.add_listener(lambda **_: recorder.begin())
    if Asker in environment.user_classes:
        limit_answers(order.most_bytes)
        Asker.load = Load(order, recorder)
        return recorder

    def asked(  # noqa: PLR0913, PLR0917 the event's own parameters
        request_type: str,
        name: str,
        response_time: float,
        response_length: int,
        exception: BaseException | None = None,
        response: object = None,
        **_: object,
    ) -> None:
        ended_s = recorder.now_s()
        started_s = ended_s - response_time / 1_000
        status = getattr(response, "status_code", 0)
        recorder.add(
            Asked(
                method=request_type,
                name=name,
                intended_s=started_s,
                started_s=started_s,
                ended_s=ended_s,
                status=status if isinstance(status, int) else 0,
                size_bytes=response_length or 0,
                reason="" if exception is None else f"{type(exception).__name__}: {exception}",
            )
        )

    environment.events.request.add_listener(asked)
    return recorder


def _parts(
    runner: LocalRunner | WorkerRunner, recorder: Recorder, order: Order
) -> Iterator[dict[str, Any]]:
    """Yield what was recorded once a second, and the rest when all users have ended."""
    # Each user ends when its request was answered, or when the grace is over.
    stopping = gevent.spawn_later(max(0.0, order.run_time_s - recorder.now_s()), runner.stop)
    users = Users(runner, recorder)
    while not stopping.ready():
        now_s = recorder.now_s()
        until_s = now_s - now_s % HAND_OVER_EVERY_S + HAND_OVER_EVERY_S
        if now_s < order.run_time_s:  # the CPU that the load took is asked for when it is over
            until_s = min(until_s, order.run_time_s)
        # Locust starts users on the second; in the middle of one it is clear how many there are.
        stopping.join(timeout=(until_s - now_s) / 2)
        users.look()
        stopping.join(timeout=max(0.0, until_s - recorder.now_s()))
        if not stopping.ready():
            yield {**recorder.take(), **users.seen(), "is_last": False, "due": None}
    due = Asker.load.due() if Asker in runner.user_classes else None
    yield {**recorder.take(), **users.seen(), "is_last": True, "due": due}


@dataclass(slots=True)
class Users:
    """How many users this process had when it was last looked."""

    runner: LocalRunner | WorkerRunner
    recorder: Recorder
    count: int = 0
    at_s: float = 0.0

    def look(self) -> None:
        """Count the users now."""
        self.count, self.at_s = self.runner.user_count, self.recorder.now_s()

    def seen(self) -> dict[str, Any]:
        """Return what was seen, as a part tells it."""
        return {"users": self.count, "users_at_s": self.at_s}


def _wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        gevent.sleep(0.01)
