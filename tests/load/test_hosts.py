"""Which hosts may be loaded."""

import pytest

from rowpath.errors import ServerError, UsageError
from rowpath.lab.load.hosts import check_listening, check_named, is_loopback


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://127.9.9.9:8000", "https://localhost/a", "http://[::1]:80/x"],
)
def test_this_machine_may_be_loaded(url: str) -> None:
    """Its loopback needs nobody's word."""
    assert is_loopback(url)
    check_named([url], may_leave_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::ffff:10.0.0.1]/",
        "http://127.0.0.1\\@example.com/",
    ],
)
def test_another_host_takes_its_owners_word(url: str) -> None:
    """Whatever looks like this machine and need not be is another host."""
    with pytest.raises(UsageError):
        check_named([url], may_leave_loopback=False)


def test_an_owner_may_load_a_host() -> None:
    """With his word it is named, and that is enough."""
    check_named(["http://example.com/"], may_leave_loopback=True)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("127.0.0.1:8000", "no URL of a web server"),
        ("ftp://127.0.0.1/", "no URL of a web server"),
        ("http://", "no URL of a web server"),
        ("http://127.0.0.1:0/", "no URL of a web server"),
        ("http://127.0.0.1:99999/", "Port out of range"),
        ("http://me:secret@127.0.0.1/", "with a password in the URL"),
        ("http://127.0.0.1/a b", "it has a blank in it"),
        ("http://[::1/", "Invalid IPv6 URL"),
    ],
)
def test_what_is_no_url_is_told(url: str, reason: str) -> None:
    """With the reason, and never with a password."""
    with pytest.raises(UsageError, match=reason) as told:
        check_named([url], may_leave_loopback=True)

    assert "secret" not in str(told.value)


def test_a_host_that_is_not_there_is_told() -> None:
    """A name that leads nowhere is found before the load."""
    with pytest.raises(ServerError, match=r"Cannot load http://nowhere\.invalid/"):
        check_listening(["http://nowhere.invalid/"])
