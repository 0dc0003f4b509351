"""`python -m rowpath` is the command `rowpath`."""

from rowpath.cli import main

main()
