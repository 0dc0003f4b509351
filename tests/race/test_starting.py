"""Servers that a race starts itself: anew for each block, ended with it, told when they fail."""

import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from race.test_measuring import SHORT, Silent
from rowpath.errors import ServerError
from rowpath.lab.load.plan import Target
from rowpath.lab.race import starting
from rowpath.lab.race.measuring import race
from rowpath.lab.race.results import Results
from rowpath.lab.race.starting import servers
from rowpath.lab.race.values import Lane, Launch, RacePlan, entrants
from rowpath.lab.servers.own_program import PORT

SERVER = Path(__file__).with_name("server_program.py")


# How much the host takes, and so which slots are measured again, is no test's to say here.
pytestmark = pytest.mark.usefixtures("quiet_host")


@pytest.fixture(autouse=True)
def _no_long_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second before each race would be most of these tests."""
    monkeypatch.setattr("rowpath.lab.race.measuring.LOOKS_FOR_S", 0.01)


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which each server that is started writes its pid."""
    monkeypatch.setenv("STARTS", str(tmp_path / "starts"))
    return tmp_path / "starts"


def launch(*what: str, port: str = PORT) -> Launch:
    return Launch(argv=(sys.executable, str(SERVER), port, *what), folder=SERVER.parent)


def plan_of(*launches: Launch, within_s: float = 30.0) -> RacePlan:
    target = Target(url=f"http://127.0.0.1:{PORT}/a")
    made = entrants([target] * len(launches), ())
    started = tuple(
        replace(each, launch=launched) for each, launched in zip(made, launches, strict=True)
    )
    return RacePlan(entrants=started, profile=SHORT, timeout_s=5.0, starts_within_s=within_s)


def raced(plan: RacePlan) -> Results:
    results = Results(plan=plan)
    race(plan, results, Silent())
    return results


def pids(starts: Path) -> list[int]:
    return [int(line) for line in starts.read_text().split()]


def test_each_server_is_started_anew_for_each_block_and_ended_with_it(starts: Path) -> None:
    """And once before, for the answers. Both controls are at the server of the first."""
    plan = plan_of(launch(), launch(port="-"))

    results = raced(plan)

    assert results.fallen == {}
    assert results.blocks == 6
    assert {lane: len(slots) for lane, slots in results.slots.items()} == dict.fromkeys(
        plan.lanes, 6
    )
    assert len(set(pids(starts))) == len(pids(starts)) == 2 * (1 + 6)
    assert not any(psutil.pid_exists(pid) for pid in pids(starts))


def test_all_servers_of_a_block_are_up_while_it_is_measured(starts: Path) -> None:
    """So what the others' are at does not differ from slot to slot."""
    plan = plan_of(launch(), launch())
    results = Results(plan=plan)
    alive: list[int] = []

    def count(_: Results) -> None:
        alive.append(sum(psutil.pid_exists(pid) for pid in pids(starts)))

    race(plan, results, Silent(count))

    assert alive == [2] * 6 * len(plan.lanes)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (
            "exits",
            (
                "it ended with exit code 1 before it was ready. The last lines that it wrote:\n"
                "this is why: no such table"
            ),
        ),
        ("never", "it was not ready within 0.5 s: there was no whole answer: Connection refused"),
        ("hang", "it was not ready within 0.5 s: it gave no whole answer within"),
        ("missing", "it was not ready within 0.5 s: it answered with status 404. It wrote nothing"),
    ],
)
def test_servers_that_do_not_start_are_told_before_anything_is_timed(
    starts: Path, what: str, told: str
) -> None:
    """Entrant by entrant, with the last lines of each."""
    plan = plan_of(launch(what), launch(what), within_s=10.0 if what == "exits" else 0.5)
    results = Results(plan=plan)

    with pytest.raises(ServerError) as error:
        race(plan, results, Silent())

    first, *_ = str(error.value).splitlines()
    assert first.startswith(
        "Cannot start A and B: no server of its own is ready. Correct --command"
    )
    assert f"The server of A: {told}" in str(error.value)
    assert f"The server of B: {told}" in str(error.value)
    assert results.orders == []
    assert not any(psutil.pid_exists(pid) for pid in pids(starts))


def test_one_that_starts_is_not_told_beside_one_that_does_not(starts: Path) -> None:
    """And a program that is not there is told by its name."""
    nowhere = Launch(argv=("no-such-program", PORT), folder=starts.parent)

    with pytest.raises(ServerError) as error:
        raced(plan_of(launch(), nowhere))

    assert "Cannot start B: no server" in str(error.value)
    assert "The server of B: No such file or directory: no-such-program." in str(error.value)
    assert "The server of A" not in str(error.value)


@pytest.mark.usefixtures("starts")
def test_a_server_that_dies_in_the_race_is_out_and_the_others_go_on() -> None:
    """With how it ended and what it wrote last."""
    plan = plan_of(launch("wait=0.002"), launch("after=4", "wait=0.002"), launch("wait=0.002"))

    results = raced(plan)

    [(entrant, reason)] = results.fallen.items()
    assert entrant == plan.entrants[1]
    assert reason.endswith("its server ended with exit code 7, and last wrote: something broke")
    assert results.blocks == 6
    assert len(results.slots[Lane(entrant=plan.entrants[2])]) == 6


@pytest.mark.usefixtures("starts")
def test_a_server_that_leaks_until_it_is_killed_is_out() -> None:
    """With the signal; it was the first to go where memory runs out, and the race is not."""
    plan = plan_of(launch(), launch("after=4", "leak"))

    results = raced(plan)

    assert set(results.fallen) == {plan.entrants[1]}
    assert "; its server ended by SIGKILL" in results.fallen[plan.entrants[1]]


def test_a_server_that_does_not_start_again_is_out(starts: Path) -> None:
    """Its blocks until then are kept: here none, and the first alone is nothing to race."""
    plan = plan_of(launch(), launch(), launch("once"))
    # The file is each one's own, so that only its own second start is another.
    third = replace(
        plan.entrants[2],
        launch=Launch(
            argv=("env", f"STARTS={starts}-third", *(launch("once").argv)), folder=starts.parent
        ),
    )
    plan = replace(plan, entrants=(*plan.entrants[:2], third))

    results = raced(plan)

    assert results.fallen == {
        third: (
            "its server did not start again: it ended with exit code 1 before it was ready, and "
            "last wrote: this is why: no such table"
        )
    }
    assert results.blocks == 6


def test_a_race_whose_first_does_not_start_again_is_over(starts: Path) -> None:
    """There is nothing to compare the others with; the block counts for nobody."""
    plan = plan_of(launch("once"), launch())
    # The file is each one's own, so that only its own second start is another.
    other = Launch(argv=("env", f"STARTS={starts}-other", *launch().argv), folder=starts.parent)
    plan = replace(plan, entrants=(plan.baseline, replace(plan.entrants[1], launch=other)))

    results = raced(plan)

    assert set(results.fallen) == {plan.baseline}
    assert results.blocks == 0
    assert results.slots == {}
    assert results.cut == []


def test_a_server_that_ignores_its_signal_is_killed(
    starts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time that it has to end."""
    monkeypatch.setattr(starting, "STOPS_WITHIN_S", 0.2)
    plan = plan_of(launch("stubborn"), launch("stubborn"))

    with servers(plan, {}) as starter, starter.up(plan.entrants) as up:
        assert up.failed == {}
        assert all(psutil.pid_exists(pid) for pid in pids(starts))

    assert len(pids(starts)) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids(starts))
