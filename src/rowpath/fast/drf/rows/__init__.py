"""Rows to bytes: a page is read by one statement and written with no instance made."""
