"""Two tasks begin at once or not at all, and neither waits for one that will not come."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

import pytest

from conftest import LOGS_ROWS
from rowpath.errors import AnswerError, RowpathError, ServerError
from rowpath.lab.answers.reference import reference
from rowpath.lab.applications import App
from rowpath.lab.apps.meeting import AloneError, call_off, meet
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED, ServerKind
from rowpath.lab.database import Database
from rowpath.lab.dataset import LOGS
from rowpath.lab.experiment import Endpoint
from rowpath.lab.experiments.loops import LOOPS
from rowpath.lab.experiments.relations import TAG_LINES
from rowpath.lab.measuring.asking import accompanied, ask
from rowpath.lab.measuring.client import connected
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.slots import measure_slot
from rowpath.lab.plan import Cell, Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.servers.fleet import Fleet, Post
from rowpath.lab.servers.server import Server, serving

SIZE = 20
STOCK = Stock(tables=LOGS.sizes(LOGS_ROWS), versions={})
PLANNED = {
    cell.variant.name: cell
    for stage in stages([LOOPS], profile_named("quick"), stock=STOCK, sizes=[SIZE])
    for cell in stage.cells
}
T2 = PLANNED["t2-annotated"]
T1 = LOOPS.variant("t1-annotated")
TOLD = "t1-annotated (controlled, 20 rows) beside t2-annotated"


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Future[None]]:
    """One that has come to the meeting in the test's folder, and waits."""
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(meet, tmp_path)
        while not any(tmp_path.iterdir()):
            pass
        yield waits
        call_off(tmp_path)


def test_whoever_comes_first_waits_for_the_second(waiting: Future[None], tmp_path: Path) -> None:
    """Both are let go by the second's coming, and a meeting that is over calls nobody back."""
    assert not waiting.done()

    meet(tmp_path)
    call_off(tmp_path)

    waiting.result()


@pytest.mark.parametrize("end", [call_off, rmtree])
def test_nobody_waits_for_one_that_will_not_come(
    end: Callable[[Path], object], waiting: Future[None], tmp_path: Path
) -> None:
    """A meeting that is called off, or whose folder is gone, ends the wait with an error."""
    end(tmp_path)

    with pytest.raises(AloneError):
        waiting.result()


def test_the_wait_has_an_end(tmp_path: Path) -> None:
    """One that hangs is not waited for for ever."""
    with pytest.raises(AloneError, match=r"was not ready within 0\.01 s"):
        meet(tmp_path, within_s=0.01)


def test_the_first_to_call_off_knows_it(tmp_path: Path) -> None:
    """So that of two failures the cause is told, not what followed from it."""
    assert [call_off(tmp_path), call_off(tmp_path)] == [True, False]
    assert not call_off(tmp_path / "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two servers of one application, as a fleet has them for a task and its companion."""

    server: Server
    beside: Server
    traces: Path

    @property
    def fleet(self) -> Fleet:
        own = Post(App.DJANGO, CONTROLLED)
        return Fleet({own: self.server, replace(own, beside=True): self.beside})

    def ask(self, cell: Cell, beside: Server | None = None) -> bytes:
        """Return what the companion answered while the cell was asked for."""
        with (
            connected(self.server.url) as client,
            accompanied(cell, beside or self.beside) as company,
        ):
            ask(client, cell, self.server, company.headers)
        assert company.response is not None
        return company.response.body


@pytest.fixture(scope="module")
def pair(logs: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two traced servers, which answer unnamed requests as any other does."""
    folder = tmp_path_factory.mktemp("traces")
    settings = AppSettings(dsn=logs.dsn, conditions=CONTROLLED, trace_folder=folder)
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(
                serving(App.DJANGO, settings, logs=folder / "logs", log_suffix=suffix)
            )
            for suffix in ("", "-beside")
        )
        yield Pair(server=first, beside=second, traces=folder)


def beside(**changes: object) -> Cell:
    """The quick task of t2, beside which runs t1's with these changes."""
    assert T2.beside is not None
    companion = replace(T2.beside, **changes)  # type: ignore[arg-type]  # any field may change
    return replace(T2, beside=companion)


def test_a_task_and_its_companion_both_answer(pair: Pair, logs: Database) -> None:
    """What both answer is held against the tables, and both sizes are kept for the timed pass."""
    with reference(logs.dsn) as table:
        seen = Observer(table, pair.traces).observe(T2, T2.variant, pair.fleet)

    slot = measure_slot(T2, pair.fleet, seen, slot_s=0.01)

    assert seen.beside_bytes == len(pair.ask(T2))
    assert seen.beside_bytes != seen.size_bytes
    assert slot.samples_s


def gone(pair: Pair) -> Server:
    """A server at which nothing listens."""
    return Server(
        App.DJANGO,
        ServerKind.GUNICORN,
        "http://127.0.0.1:9",
        pair.beside.process,
        workers=1,
        token="",
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (beside(path="/loops/nothing"), "the server answered 404"),
        (beside(rows=-1), "the server answered 400"),
        (beside(path="/relations/m2m-lazy"), "the server answered 405"),
    ],
    ids=["no such path", "refused", "no task"],
)
def test_a_companion_that_fails_is_told_by_its_own_name(
    cell: Cell, reason: str, pair: Pair
) -> None:
    """The task is let go and fails for want of it, but the cause is what is told."""
    with pytest.raises(ServerError) as failed:
        pair.ask(cell)

    rows = cell.beside.rows if cell.beside else None
    told = TOLD.replace("20 rows", f"{rows} rows")
    assert str(failed.value).startswith(f"Cannot measure {told}: {reason}. ")


def test_a_companion_whose_server_is_gone_is_told_by_its_own_name(pair: Pair) -> None:
    """Nothing listens where it is asked for."""
    with pytest.raises(ServerError, match="NewConnectionError") as failed:
        pair.ask(T2, gone(pair))

    assert str(failed.value).startswith(f"Cannot measure {TOLD}: the server broke off after ")


def test_a_task_that_fails_lets_its_companion_go(pair: Pair) -> None:
    """It is told by its own name, though the companion then fails for want of it."""
    with pytest.raises(ServerError) as failed:
        pair.ask(replace(T2, path="/loops/nothing"))

    assert str(failed.value).startswith("Cannot measure t2-annotated (controlled, 20 rows): ")


def test_a_companion_that_is_no_task_lets_the_task_go(pair: Pair) -> None:
    """A view waits for nobody: the task hears that it ended, and says so in its log."""
    view = replace(T1, asks=Endpoint(app=T1.app, code=T1.asks.code))

    with pytest.raises(ServerError, match="ended before both began"):
        pair.ask(beside(variant=view, path="/relations/m2m-lazy"))


def test_a_companions_wrong_answer_is_told_by_its_own_name(pair: Pair, logs: Database) -> None:
    """It is held against the tables as every answer is, before anything is timed."""
    other = replace(T1, expects=TAG_LINES)

    with (
        reference(logs.dsn) as table,
        pytest.raises(AnswerError) as failed,
    ):
        Observer(table, pair.traces).observe(beside(variant=other), T2.variant, pair.fleet)

    assert str(failed.value).startswith(f"Cannot time {TOLD}: ")


def test_a_companions_answer_of_another_length_is_told_by_its_own_name(
    pair: Pair, logs: Database
) -> None:
    """So is one that the timed pass finds."""
    with reference(logs.dsn) as table:
        seen = Observer(table, pair.traces).observe(T2, T2.variant, pair.fleet)

    with pytest.raises(RowpathError) as failed:
        measure_slot(T2, pair.fleet, replace(seen, beside_bytes=1), slot_s=0.01)

    assert str(failed.value).startswith(f"Cannot measure {TOLD}: an answer has ")
