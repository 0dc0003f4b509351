"""Which Django project is meant: its folder, and the module of its settings."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from rowpath.errors import UsageError

_DEFAULT = re.compile(
    r"""setdefault\(\s*["']DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']\s*,?\s*\)"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOf:
    """A project by the folder that it is started in, and its settings."""

    folder: Path
    settings: str


def project_in(folder: Path, settings: str | None) -> ProjectOf:
    """Return the project: by the settings that are named, the environment's, or manage.py's.

    UsageError where none of them says it.
    """
    named = settings or os.environ.get("DJANGO_SETTINGS_MODULE") or _of_manage(folder)
    return ProjectOf(folder=folder, settings=named)


def _of_manage(folder: Path) -> str:
    file = folder / "manage.py"
    if not file.is_file():
        raise UsageError(
            f"Cannot find the project: there is no manage.py in {folder}, and "
            "DJANGO_SETTINGS_MODULE is not set. Start in the project's folder, or name its "
            "settings with --settings."
        )
    found = _DEFAULT.search(file.read_text(errors="replace"))
    if found is None:
        raise UsageError(
            f"Cannot find the settings: {file} does not name them in so many words. Name them "
            "with --settings."
        )
    return found[1]
