"""Which tag of a template reads, told from the frames of Django's own code."""

from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.template.base import Node

from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.values import Reader


def reader_of(code: OwnCode) -> Callable[[FrameType], Reader | None]:
    """Return what tells the template's line that a frame renders, of the project's templates."""

    def read(frame: FrameType) -> Reader | None:
        if frame.f_code.co_name != "render_annotated":
            return None
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
