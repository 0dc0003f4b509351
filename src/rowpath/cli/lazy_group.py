"""A group of commands that imports each of them when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from rowpath.cli import not_installed


class LazyGroup(click.Group):
    """Commands by name, each as the place of its definition: `module:name`.

    All of them import most of rowpath; one of them rarely does.
    """

    def __init__(self, *, places: Mapping[str, str], **options: Any) -> None:  # noqa: ANN401 click's
        super().__init__(**options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all, in their order."""
        return sorted([*super().list_commands(ctx), *self._places])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None where there is none.

        InstallError where it needs a package that is not installed.
        """
        if cmd_name not in self._places:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._places[cmd_name].partition(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] == "rowpath":
                raise
            raise not_installed(error.name) from error
        return command
