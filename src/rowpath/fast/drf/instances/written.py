"""The rows of one list as JSON, and as the data that DRF would have made."""

import json.encoder
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast

from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.serializer_helpers import ReturnList

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.represent import is_ours
from rowpath.fast.drf.instances.members import rows_in
from rowpath.fast.drf.instances.rows import drfs, rows_of
from rowpath.fast.drf.instances.tape import all_restored
from rowpath.fast.encoding.objects import compiled_objects
from rowpath.fast.fallback import CannotCompileError, TheirsError
from rowpath.fast.names import place_of
from rowpath.fast.plan import JsonStyle

# Where it is raised that there is no JSON of a value: in the encoder, and in compiled code.
_REFUSING = (json.encoder.__file__, "_objects.pyx")

_DATA = "_data"
"""Where a serializer keeps its data once that was made."""


class Written:
    """The rows of `serializer`, written in `style`."""

    def __init__(self, serializer: ListSerializer, style: JsonStyle) -> None:
        self._serializer = serializer
        self.style = style
        array = compiled_objects().Array(
            drfs(),
            serializer.child,
            ascii_only=style.ascii_only,
            comma=style.comma,
            colon=style.colon,
        )
        self._add: Callable[[Iterable[Any], Callable[[], Any]], None] = array.add
        self._given = serializer.instance
        self._written: Callable[[], bytes | None] = partial(array.written, JSONEncoder().default)
        self._tape: list[Any] = array.tape
        self.is_by_drf = False
        """Whether the serializer has represented all rows itself."""

    def write(self) -> None:
        """Write all rows, once. Raises what the project's code raises."""
        self._add(rows_in(self._given), self._rows)

    def _rows(self) -> Any:
        child = cast("Serializer", self._serializer.child)
        made = rows_of(child, self.style)
        self.is_by_drf = made.is_by_drf
        return made

    def json(self) -> bytes:
        """Return the rows as JSON, as what can be changed in them is now.

        Raises CannotCompileError for what the renderer has to write, or to refuse, and TheirsError
        for what a value of the project's raises.
        """
        try:
            written = self._written()
        except Exception as error:
            if is_ours(error) or place_of(error)[0].endswith(_REFUSING):
                raise CannotCompileError(f"a value has no JSON: {error}") from error
            raise TheirsError(error) from error
        if written is None:
            raise CannotCompileError("a value has no JSON that is certain")
        return written

    def data(self) -> ReturnList:
        """Return the data that DRF would have made of the rows when they were written."""
        own = vars(self._serializer)
        made = guarded(lambda: all_restored(self._tape))
        if made is not None and _DATA not in own:  # None for a defect: DRF makes them then
            own[_DATA] = made
        return self._serializer.data
