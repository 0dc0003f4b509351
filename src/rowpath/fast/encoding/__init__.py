"""A plan's JSON from a binary result of PostgreSQL, written in compiled code.

`encoder` makes an Encoder of a plan and a style, if the compiled half was built. What an Encoder
writes is what the framework would have written, byte for byte; where that is not certain it raises
CannotEncodeError, and the framework writes the answer. Python chooses a writer for each member and
column (`writers`, `layout`); C++ reads the wire format and writes the bytes (`native`), and
`_native` stands between the two.
"""

from rowpath.fast.encoding.compiled import compiled
from rowpath.fast.encoding.encoder import Encoder, JsonArray, Lists
from rowpath.fast.encoding.errors import CannotEncodeError, WrongTypeError
from rowpath.fast.plan import JsonStyle, Plan

__all__ = ["CannotEncodeError", "Encoder", "JsonArray", "Lists", "WrongTypeError", "encoder"]


def encoder(plan: Plan, style: JsonStyle) -> Encoder | None:
    """Return an encoder of `plan`; None, with a warning in the log, without compiled code."""
    found = compiled()
    return Encoder(plan, style, found) if found else None
