"""The tree of commands, and how each way to end becomes an exit code."""

import signal
import sys
from types import FrameType

import click
import psycopg

from rowpath import __version__
from rowpath.cli.compare import compare_runs
from rowpath.cli.explain import explain_requests
from rowpath.cli.lab_data import data
from rowpath.cli.lab_list import list_experiments
from rowpath.cli.lab_run import run_experiments
from rowpath.cli.lab_serve import serve
from rowpath.cli.lab_trace import trace_variant
from rowpath.cli.load import load
from rowpath.cli.race import race
from rowpath.cli.report import report
from rowpath.cli.runs import runs
from rowpath.cli.standard_streams import Output, say
from rowpath.cli.verify import verify
from rowpath.errors import RowpathError
from rowpath.lab.database import refused

INTERRUPTED = 128 + signal.SIGINT


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, package_name="rowpath", message="%(package)s %(version)s")
def rowpath() -> None:
    """Measure, explain and shorten the path that rows take from PostgreSQL to a web client."""


@rowpath.group()
def lab() -> None:
    """Every technique of the talk as an experiment with an honest verdict."""


for command in (list_experiments, data, run_experiments, serve, trace_variant):
    lab.add_command(command)
rowpath.add_command(explain_requests)
rowpath.add_command(load)
rowpath.add_command(race)
rowpath.add_command(report)
rowpath.add_command(verify)
rowpath.add_command(runs)
rowpath.add_command(compare_runs)


def run(output: Output) -> int:
    """Run the command line in sys.argv; return its exit code, with the reason on stderr."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Whoever started this under nohup wants it to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        code = rowpath.main(prog_name="rowpath", standalone_mode=False)
        output.check()
    except RowpathError as error:
        return _told(error)
    except psycopg.Error as error:  # a run tells of those that it meets while it measures
        return _told(refused(error))
    except click.ClickException as error:
        reason = " ".join(error.format_message().split()).rstrip(".")
        context = getattr(error, "ctx", None)
        command = "rowpath" if context is None else context.command_path
        say(f"Cannot read the command: {reason}. See `{command} --help`.", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted.", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _told(error: RowpathError) -> int:
    # It may quote what others wrote, a file's name say: none of it is for the terminal to act on.
    say("".join(c if c.isprintable() or c == "\n" else " " for c in str(error)), err=True)
    return error.exit_code


def _end(number: int, _frame: FrameType | None) -> None:
    """Unwind every context manager, as Ctrl-C does, with the exit code that a shell expects."""
    sys.exit(128 + number)
