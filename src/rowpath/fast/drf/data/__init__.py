"""Instances to Python data: what `serializer.data` is, by compiled members in DRF's place.

Django makes the instances as ever; a serializer's fields are walked once, and each becomes a
member that reads and writes as DRF's own code would. What is the project's own code is called
with what DRF gives it, as often and in the same order. So what comes of it has the same keys,
values and types.
"""
