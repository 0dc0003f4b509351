"""Run as a program: `rowpath` with short slots, on what it must take for a machine that is busy."""

import short_slots

from rowpath.lab import gates

gates.BOUNDS = gates.Bounds(clone=short_slots.ANY, other_cpu=-short_slots.ANY)

if __name__ == "__main__":
    from rowpath.cli import main  # it reads the bounds when it is imported

    main()
