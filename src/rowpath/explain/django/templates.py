"""Which tag of a template reads, told from the frames of Django's own code."""

from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.template.base import Node

from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.values import Reader

RENDERING = "render_annotated"
"""The method of Django's whose frames are told of."""


def reader_of(code: OwnCode) -> Callable[[FrameType], Reader | None]:
    """Return what tells the line of the project's templates that a frame of RENDERING renders."""

    def read(frame: FrameType) -> Reader | None:
        node = frame.f_locals.get("self")
        if not isinstance(node, Node) or node.token is None or node.origin is None:
            return None
        file = str(node.origin.name)
        if not code.is_own(file):
            return None
        return Reader(
            text=f"{{{{ {node.token.contents} }}}}"
            if _is_value(node)
            else f"{{% {node.token.contents} %}}",
            file=str(Path(file)),
            line=node.token.lineno,
        )

    return read


def _is_value(node: Node) -> bool:
    return type(node).__name__ == "VariableNode"
