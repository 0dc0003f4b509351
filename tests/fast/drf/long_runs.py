"""How many cases the property tests try: as many as CI has time for, or as many as are asked for.

`ROWPATH_HYPOTHESIS_EXAMPLES` is the number for a whole run; each test has a share of it. With it
the cases are drawn anew for every run, without it they are the same ones every time.
"""

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings

VARIABLE = "ROWPATH_HYPOTHESIS_EXAMPLES"
USUAL = 4_000
IS_LONG = VARIABLE in os.environ
ASKED = int(os.environ.get(VARIABLE, USUAL))

F = TypeVar("F", bound=Callable[..., object])


def examples(*, share: float) -> Callable[[F], F]:
    """Return the decorator that gives a property test its share of the cases."""
    return settings(
        max_examples=max(1, round(ASKED * share)),
        derandomize=not IS_LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
