"""The fast path: a list's rows become JSON bytes without an object for a row or a value.

`drf` turns a serializer into a `plan`, `django` turns the plan and a queryset into one lean
statement on the queryset's own connection, and `encoding` turns the statement's binary rows into
the bytes that the framework's renderer would have written. Whatever is not provably the same falls
back to the framework, for that request, with a reason.
"""
