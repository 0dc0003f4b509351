"""A change, run: the answers, the statements and the times with it and without."""
