"""Rows in binary from psycopg 3, without a framework.

Whoever has a connection of psycopg's can use it: nothing here knows Django, or what the rows are
for. It stands on what psycopg keeps to itself. Imported only where psycopg 3 is the connection's
driver.
"""
