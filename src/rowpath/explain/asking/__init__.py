"""A project asked from outside: its process, its routes, and what its answers are."""
