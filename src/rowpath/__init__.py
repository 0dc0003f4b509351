"""Measure, explain and shorten the path that rows take from PostgreSQL to a web client."""

__version__ = "0.1.0"
