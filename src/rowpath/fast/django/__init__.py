"""From a queryset and the columns that a plan wants to one lean statement and its rows.

Everything here starts from the queryset's own Query and its own connection, so that filters,
routers, row-level security and an open transaction hold as they do for Django itself.
"""
