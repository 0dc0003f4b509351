"""`rowpath explain --app` at the command line."""

import pytest

from rowpath.cli.program import rowpath
from rowpath.errors import UsageError
from rowpath.explain.project_of import ProjectOf


def test_an_application_is_named_by_app(
    store_project: ProjectOf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The application is started in the current folder, without Django's settings."""
    monkeypatch.chdir(store_project.folder)
    arguments = ["explain", "/repaired", "--app", "store.main:app", "--fail-on", "any"]
    code = rowpath.main(arguments, standalone_mode=False)

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith("/repaired: 2 statements, ")
    assert "No statement grows with the rows." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--settings", "config"), "Cannot take --settings beside --app: settings are Django's."),
        (("--user", "ada"), "Cannot take --user beside --app: how an ASGI application tells"),
    ],
)
def test_what_is_of_django_does_not_go_with_it(arguments: tuple[str, ...], message: str) -> None:
    """Settings and users are Django's, which is said before anything is started."""
    with pytest.raises(UsageError, match=message):
        rowpath.main(
            ["explain", "/books", "--app", "store.main:app", *arguments], standalone_mode=False
        )
