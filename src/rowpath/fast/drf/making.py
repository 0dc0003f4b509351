"""Lists whose instances compiled code makes in the place of Django's."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rowpath.fast.django.making.iterable import made_by_rowpath, may_be_made
from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.options import options


def making(rows: Any) -> AbstractContextManager[None]:
    """Have the instances of `rows`, if they are a queryset, made faster within, if they may be.

    What is made is what Django makes.
    """
    may_make = guarded(lambda: options().compiled and options().making and may_be_made(rows))
    return made_by_rowpath(rows) if may_make else nullcontext()
