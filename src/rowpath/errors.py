"""Everything that rowpath raises for a user to read.

    RowpathError
    ├── UsageError      exit 2   an unknown experiment, size or profile; values that do not fit
    ├── OutputError     exit 3   a file that cannot be written
    ├── DatabaseError   exit 4   no server, too old a server, no right, no answer
    ├── DatasetError    exit 5   too few rows, another schema, a build that failed
    ├── DiskError       exit 6   not enough room
    ├── BusyError       exit 7   another command holds the database
    ├── PortError       exit 8   a port that is taken
    ├── ServerError     exit 9   a measured application that does not start, or dies
    ├── AnswerError     exit 10  a variant that answers other rows or values
    ├── InstallError    exit 11  an extra that is not installed
    ├── LimitError      exit 12  a load whose figures do not hold: its generator was the limit
    ├── ResumeError     exit 13  a run whose blocks cannot be joined with new ones
    ├── InvalidRunError exit 14  a run that failed its own tests: it is written, and not believed
    └── ThresholdError  exit 99  a load that did not keep the limits it was given

A message reads `Cannot <verb> <object>: <reason with the values>. <What to do>.` Each class has
its own exit code, so that a script can tell them apart, 99 as k6 has it; 1 stays for a defect of
rowpath's own, 130 and 143 are those of a shell for Ctrl-C and SIGTERM.
"""


class RowpathError(Exception):
    """A failure with a sentence for the user and an exit code for the shell."""

    exit_code = 1


class UsageError(RowpathError):
    """The command asks for something that does not exist or does not fit."""

    exit_code = 2


class OutputError(RowpathError):
    """A result has nowhere to go."""

    exit_code = 3


class DatabaseError(RowpathError):
    """The database does not answer, is too old, or refuses what the lab needs."""

    exit_code = 4


class DatasetError(RowpathError):
    """The rows in the database are not the ones that the run needs."""

    exit_code = 5


class DiskError(RowpathError):
    """The disk has no room for what would be written."""

    exit_code = 6


class BusyError(RowpathError):
    """Another command works on the same database."""

    exit_code = 7


class PortError(RowpathError):
    """A port that was asked for is taken."""

    exit_code = 8


class ServerError(RowpathError):
    """A measured application does not start, dies, or answers with an error."""

    exit_code = 9


class AnswerError(RowpathError):
    """A variant answers other rows, other values or with other statements than declared."""

    exit_code = 10


class InstallError(RowpathError):
    """A part of rowpath is used whose extra is not installed."""

    exit_code = 11


class LimitError(RowpathError):
    """What a load measured is its own generator, or is not what it was to offer."""

    exit_code = 12


class ThresholdError(RowpathError):
    """A load did not keep a threshold that it was given."""

    exit_code = 99


class ResumeError(RowpathError):
    """A run cannot go on: what is measured now would not be what was measured then."""

    exit_code = 13


class InvalidRunError(RowpathError):
    """A run is whole and failed the gates that say whether its numbers can be believed."""

    exit_code = 14
