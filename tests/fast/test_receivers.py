"""Receivers of post_init are judged for the model of the list, by what they do."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_receivers") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_receivers_that_leave_this_model_alone_do_not_matter(project: Inside) -> None:
    """A receiver for every model that returns at once for this one leaves its lists fast."""
    told = project.call("receiving:received", kind="nothing")

    assert {name: how for name, how in told.items() if how != [True, "compiled", False]} == {}


def test_receivers_that_may_do_something_make_a_list_fall_back(project: Inside) -> None:
    """Whatever is not certain to do nothing is DRF's, and is named with the model."""
    told = project.call("receiving:received", kind="something")

    assert [name for name, (is_same, _, _) in told.items() if not is_same] == []
    starts = "shop.Note has a receiver of post_init, "
    assert {name: how for name, (_, how, _) in told.items() if not how.startswith(starts)} == {}
    change = "Let it return at once for models that are none of its concern."
    assert told["otherwise"][1:] == [f"{starts}fast.shop.receiving.otherwise. {change}", True]
    assert "fast.shop.receiving.Called." in told["an object"][1]


def test_receivers_of_pre_init(project: Inside) -> None:
    """Those that are called before the instance is made are judged likewise."""
    nothing, something = project.call("receiving:received_before")

    assert nothing == [True, "compiled", False]
    assert "a receiver of pre_init, fast.shop.receiving.always_before." in something[1]


def test_receivers_that_are_gone_are_not_kept_for_good(project: Inside) -> None:
    """What is known of receivers has a bound, though each verdict leads back to its function."""
    assert project.call("receiving:kept_alive", bound=10) <= 10


@pytest.mark.parametrize("change", ["router", "list", "global", "helper", "code"])
def test_what_a_receiver_asks_may_change(project: Inside, change: str) -> None:
    """A receiver that watches this model from now on is seen, and one that no longer does."""
    before, meanwhile, afterwards = project.call("receiving:changed_meanwhile", change=change)

    assert before == afterwards == [True, "compiled", False]
    assert (meanwhile[0], meanwhile[2]) == (True, True)
