"""The tree of commands, and how each way to end becomes an exit code."""

import signal
import sys
from types import FrameType

import click

from rowpath import __version__
from rowpath.cli.lazy_group import LazyGroup
from rowpath.cli.standard_streams import Output, say
from rowpath.errors import DatabaseError, OutputError, RowpathError

INTERRUPTED = 128 + signal.SIGINT


@click.group(
    cls=LazyGroup,
    places={
        "compare": "rowpath.cli.compare:compare_runs",
        "explain": "rowpath.cli.explain:explain_requests",
        "load": "rowpath.cli.load:load",
        "race": "rowpath.cli.race:race",
        "report": "rowpath.cli.report:report",
        "runs": "rowpath.cli.runs:runs",
        "verify": "rowpath.cli.verify:verify",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, package_name="rowpath", message="%(package)s %(version)s")
def rowpath() -> None:
    """Measure, explain and shorten the path that rows take from PostgreSQL to a web client."""


@rowpath.group(
    cls=LazyGroup,
    places={
        "data": "rowpath.cli.lab_data:data",
        "list": "rowpath.cli.lab_list:list_experiments",
        "run": "rowpath.cli.lab_run:run_experiments",
        "serve": "rowpath.cli.lab_serve:serve",
        "trace": "rowpath.cli.lab_trace:trace_variant",
    },
)
def lab() -> None:
    """Every technique of the talk as an experiment with an honest verdict."""


def run(output: Output) -> int:
    """Run the command line in sys.argv; return its exit code, with the reason on stderr.

    What standard output did not take is told beside whatever else the command ended with.
    """
    code = _ended_with()
    try:
        output.check()
    except OutputError as error:
        code_of_output = _told(error)
        return code or code_of_output
    return code


def _ended_with() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Whoever started this under nohup wants it to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        code = rowpath.main(prog_name="rowpath", standalone_mode=False)
    except RowpathError as error:
        return _told(error)
    except click.ClickException as error:
        reason = " ".join(error.format_message().split()).rstrip(".")
        context = getattr(error, "ctx", None)
        command = "rowpath" if context is None else context.command_path
        say(f"Cannot read the command: {reason}. See `{command} --help`.", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:
        if (of_database := _of_database(error)) is None:
            raise
        return _told(of_database)
    return code if isinstance(code, int) else 0


def _of_database(error: Exception) -> DatabaseError | None:
    """Return what to say of an error that psycopg raised; None of any other.

    Most commands need no database, and import nothing of it. A run tells of the errors that it
    meets while it measures.
    """
    if "psycopg" not in sys.modules:
        return None
    import psycopg  # noqa: PLC0415

    from rowpath.lab.database import refused  # noqa: PLC0415

    return refused(error) if isinstance(error, psycopg.Error) else None


def _told(error: RowpathError) -> int:
    # It may quote what others wrote, a file's name say: none of it is for the terminal to act on.
    say("".join(c if c.isprintable() or c == "\n" else " " for c in str(error)), err=True)
    return error.exit_code


def _end(number: int, _frame: FrameType | None) -> None:
    """Unwind every context manager, as Ctrl-C does, with the exit code that a shell expects."""
    sys.exit(128 + number)
