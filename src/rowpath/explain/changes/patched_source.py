"""Source that modules are loaded from with changes made in memory; no file is written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from rowpath.capture.patching import Patch
from rowpath.explain.changes.edits import Edit, applied


@contextmanager
def changed_source(edits: Sequence[Edit]) -> Iterator[set[str]]:
    """Load modules with these edits for as long as the block lasts; yield the files so loaded.

    A changed module is compiled from its source: neither read from nor written to `__pycache__`.
    """
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(str(Path(edit.file).resolve()), []).append(edit)
    loaded: set[str] = set()

    def get_code(
        original: Callable[[SourceFileLoader, str], CodeType | None],
    ) -> Callable[[SourceFileLoader, str], CodeType | None]:
        def get(loader: SourceFileLoader, fullname: str) -> CodeType | None:
            path = loader.get_filename(fullname)
            file = str(Path(path).resolve())
            if file not in by_file:
                return original(loader, fullname)
            loaded.add(file)
            source = applied(loader.get_data(path), by_file[file])
            code: CodeType = loader.source_to_code(source, path)
            return code

        return get

    with Patch(SourceFileLoader, {"get_code": get_code}).applied():
        yield loaded
