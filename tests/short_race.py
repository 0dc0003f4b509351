"""Run as a program: `rowpath` itself, but the slots of its races take no longer than they must.

No gate can hold of so short slots, beside other tests: that each fails is for tests of its own.
"""

from collections.abc import Callable
from dataclasses import replace

from forking import the_command
from rowpath.lab.race import judging, measuring, values

quick, default, thorough = (replace(each, slot_s=0.02) for each in values.PROFILES)
values.PROFILES = (quick, default, thorough)
measuring.LOOKS_FOR_S = 0.01
judging.MOST_GENERATOR = 1e9


def imported() -> Callable[[], None]:
    """Import all commands, for what is forked from this process, and return what runs one."""
    return the_command()


if __name__ == "__main__":
    from rowpath.cli import main

    main()
