"""The word that makes a serializer fast, before DRF's own class in its bases: FastSerializer."""

from rowpath.fast.drf.data.rows import FastSerializer
from rowpath.fast.drf.instances import passed_on  # noqa: F401 - which looks for it

__all__ = ["FastSerializer"]
