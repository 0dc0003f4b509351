"""The rows of one list as JSON, and as the data that DRF would have made."""

import json.encoder
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from rest_framework.renderers import BaseRenderer
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

if TYPE_CHECKING:
    # At run time it is imported where it may be missing.
    from rowpath.fast.encoding._objects import Array

# Where it is raised that there is no JSON of a value: in the encoder, and in compiled code.
_REFUSING = (json.encoder.__file__, "_objects.pyx")

_DATA = "_data"
"""Where a serializer keeps its data once that was made."""


class Written:
    """The rows of `serializer`, written in `style`."""

    def __init__(self, serializer: ListSerializer, style: JsonStyle) -> None:
        self._serializer = serializer
        self.style = style
        self._array: Array = compiled_objects().Array(
            drfs(),
            serializer.child,
            ascii_only=style.ascii_only,
            comma=style.comma,
            colon=style.colon,
        )
        self._add = self._array.add
        self._end = self._array.end
        self._given = serializer.instance
        self._count = 0
        self.is_by_drf = False
        """Whether the serializer has represented all rows itself."""

    @property
    def serializer(self) -> ListSerializer:
        """That of the rows."""
        return self._serializer

    def write(self) -> None:
        """Write all rows that are not written, once. Raises what the project's code raises."""
        try:
            self._add(islice(rows_in(self._given), self._count, None), self._rows)
            self._end()
        except BaseException:
            vars(self).clear()  # the error may lead here until Python looks for cycles
            raise

    def add(self, rows: Sequence[Any]) -> None:
        """Write the next `rows`. Raises what the project's code raises."""
        try:
            self._add(rows, self._rows)
            self._count += len(rows)
        except BaseException:
            vars(self).clear()
            raise

    def take(self, renderer: BaseRenderer) -> bytes:
        """Return what was written since the last time; nothing if a value of it may still change.

        No data can be made any more of rows that were returned.
        """
        return self._array.take(JSONEncoder().default, partial(_dumped, renderer)) or b""

    def rest(self, renderer: BaseRenderer) -> bytes:
        """Return what was written since the last time, and the end, with values as they are now.

        Raises what the `renderer` would raise.
        """
        self._end()
        dumped = partial(_dumped, renderer)
        written = self._array.written(JSONEncoder().default, dumped, is_last_chance=True)
        return cast("bytes", written)

    def _rows(self) -> Any:
        child = cast("Serializer", self._serializer.child)
        made = rows_of(child, self.style)
        self.is_by_drf = made.is_by_drf
        return made

    def json(self, renderer: BaseRenderer) -> bytes:
        """Return the rows as JSON, as what can be changed in them is now.

        Raises CannotCompileError for what the `renderer` has to write, or to refuse, and
        TheirsError for what a value of the project's raises; and for what is refused, where the
        renderer would come too late, since an iterator was used up.
        """
        dumped = partial(_dumped, renderer)
        try:
            written = self._array.written(JSONEncoder().default, dumped)
        except Exception as error:
            is_refused = place_of(error)[0].endswith(_REFUSING) and not self._array.has_used
            if is_refused or is_ours(error):
                raise CannotCompileError(f"a value has no JSON: {error}") from error
            raise TheirsError(error) from error
        if written is None:
            raise CannotCompileError("a value has no JSON that is certain")
        return written

    def data(self) -> ReturnList:
        """Return the data that DRF would have made of the rows when they were written."""
        guarded(lambda: self.kept_data())  # noqa: PLW0108 - guards that it is looked up, too
        return self._serializer.data

    def kept_data(self) -> dict[str, Any]:
        """Have the serializer keep that data, as one does that was asked for it.

        Return what it has by that.
        """
        own = vars(self._serializer)
        if _DATA not in own:
            own[_DATA] = all_restored(self._array.tape)
        return {_DATA: own[_DATA]}


def _dumped(renderer: BaseRenderer, value: Any) -> bytes:
    return cast("bytes", renderer.render(value, None, {}))
