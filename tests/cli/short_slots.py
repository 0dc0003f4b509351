"""Run as a program: `rowpath` itself, but what it times takes no longer than it must.

No test asserts a time, so a slot of one request is as good as one of two hundred.
"""

from dataclasses import replace

from rowpath.lab import profile

profile.PROFILES = tuple(replace(each, slot_s=0.01, load_s=0.1) for each in profile.PROFILES)

if __name__ == "__main__":
    from rowpath.cli import main  # it reads the profiles when it is imported

    main()
