"""Steps of rowpath's own in the midst of DRF's, none of which may be an error of the project's."""

import logging
from collections.abc import Callable
from typing import TypeVar

_log = logging.getLogger("rowpath.fast")

T = TypeVar("T")


def guarded(step: Callable[[], T]) -> T | None:
    """Return what `step` returns; None if there is a defect in it, for which DRF's is right."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - no defect of ours is a reason for an error 500
        _log.warning("Rows are made data by DRF, since a step failed.", exc_info=error)
        return None
