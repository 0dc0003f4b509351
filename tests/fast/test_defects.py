"""A defect, of rowpath's own or come with a later version of a library, makes a list DRF's."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

SCENARIOS = (
    "links",
    "links-of-instances",
    "with-lists",
    "whole",
    "pages",
    "by-cursor",
    "files",
    "streamed",
    "portable",
    "shadowed",
    "in-a-transaction",
    "data",
    "data-once",
    "data-of-a-list",
    "instances",
    "instances-once",
    "instances-looked-at",
    "instances-streamed",
    "passed-on",
    "passed-on-and-asked-for",
)


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    given = {"LOGGING": {"version": 1, "loggers": {"rowpath.fast": {"level": "CRITICAL"}}}}
    with (
        copies("shop_defects") as dsn,
        inside({"databases": {"default": dsn}, "settings": given}) as running,
    ):
        running.call("defects:leave_few_rows")
        yield running


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whatever_look_up_fails_the_list_is_drfs(project: Inside, scenario: str) -> None:
    """Each attribute that rowpath looks up is broken in turn: bytes, status and headers are DRF's.

    A stream alone may break off behind its first byte, as it does for any other error there.
    """
    count, wrong = project.call("defects:failing", scenario=scenario)

    assert wrong == []
    assert count > 0
