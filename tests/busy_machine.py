"""Run as a program: `rowpath` with short slots, on what it must take for a machine that is busy."""

from dataclasses import replace

import short_slots
from rowpath.lab import gates

gates.BOUNDS = replace(gates.BOUNDS, other_cpu=-short_slots.ANY)

if __name__ == "__main__":
    short_slots.run()
