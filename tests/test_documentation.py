"""What the command line offers stands in the documentation, and the other way round."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rowpath import errors
from rowpath.cli.program import rowpath
from rowpath.errors import RowpathError
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.profile import PROFILES

ROOT = Path(__file__).parents[1]
LAB = (ROOT / "docs/lab.md").read_text()
COMMANDS = LAB + "".join(
    (ROOT / f"docs/{page}.md").read_text()
    for page in ("load", "race", "runs", "compare", "explain")
)
ERRORS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, RowpathError)
]
NAMES = [*(each.name for each in EXPERIMENTS), *(each.name for each in PROFILES)]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize(("path", "command"), list(commands(rowpath, "rowpath")))
def test_every_command_and_option_is_documented(path: str, command: click.Command) -> None:
    """A command has its heading, and each of its options is named below it."""
    assert f"### `{path}" in COMMANDS
    part = re.split(r"\n###? ", COMMANDS.partition(f"### `{path}")[2])[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}" in part


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_and_profile_is_documented(name: str) -> None:
    """What can be chosen by name is named in the documentation."""
    assert f"`{name}`" in LAB


@pytest.mark.parametrize("error", ERRORS)
def test_every_exit_code_is_documented(error: type[RowpathError]) -> None:
    """Each class of error has a code of its own, and a line in the table of codes."""
    assert re.search(rf"^\| {error.exit_code} \|", LAB, re.MULTILINE)


def test_exit_codes_are_distinct() -> None:
    """No two classes of error share a code."""
    codes = [each.exit_code for each in ERRORS]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
