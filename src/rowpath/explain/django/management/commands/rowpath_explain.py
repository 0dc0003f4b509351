"""./manage.py rowpath_explain: `rowpath explain` with this project's settings."""

import os
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Runs `rowpath explain` in a process of its own, which patches Django before its set-up."""

    help = "Say why paths are slow, and prove what to change: `rowpath explain --help` has all."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare that all that follows is for `rowpath explain`."""
        parser.add_argument("arguments", nargs=REMAINDER, metavar="PATH ...")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command; its exit code is this one's."""
        del args
        settings = options["settings"] or os.environ["DJANGO_SETTINGS_MODULE"]
        command = [sys.executable, "-m", "rowpath", "explain", "--settings", settings]
        sys.exit(subprocess.run([*command, *options["arguments"]], check=False).returncode)
