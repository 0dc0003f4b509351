"""Run as a program: `rowpath` itself, but the slots of its races take no longer than they must.

No gate can hold of so short slots, beside other tests: that each fails is for tests of its own.
"""

from dataclasses import replace

from rowpath.lab.race import judging, measuring, values

quick, default, thorough = (replace(each, slot_s=0.02) for each in values.PROFILES)
values.PROFILES = (quick, default, thorough)
measuring.LOOKS_FOR_S = 0.01
judging.MOST_GENERATOR = 1e9

if __name__ == "__main__":
    from rowpath.cli import main

    main()
