"""Which changes can stand in one diff."""

from rowpath.explain.changes.edits import insertion
from rowpath.explain.changes.imports import joined
from rowpath.explain.proving.together import side_by_side

AUTHOR = (insertion("/srv/a.py", 3, 8, '.select_related("author")'),)
TAGS = (insertion("/srv/a.py", 3, 8, '.prefetch_related("tags")'),)
ONE_LINE = (insertion("/srv/b.py", 2, 16, "\n    queryset = Book.objects.all()"),)
OTHER_LINE = (insertion("/srv/b.py", 2, 16, "\n    queryset = Book.objects.none()"),)


def test_calls_at_one_place_stand_beside_each_other() -> None:
    """Two changes that continue one chain are both made."""
    assert side_by_side([AUTHOR, TAGS]) == (AUTHOR, TAGS)


def test_of_two_assignments_the_first_is_kept() -> None:
    """A second line that assigns the same would undo the first, so it waits for the next run."""
    assert side_by_side([ONE_LINE, OTHER_LINE, TAGS]) == (ONE_LINE, TAGS)


def test_indexes_of_one_model_are_one_meta() -> None:
    """Two indexes that a class without a `Meta` is given come in one, in their order."""
    meta = "\n\n    class Meta:\n        indexes = [{}]"
    texts = ('models.Index(fields=["buyer"])', 'models.Index(fields=["kind", "day"])')
    changes = [(insertion("/srv/m.py", 9, 40, meta.format(text)),) for text in texts]

    assert side_by_side(changes) == tuple(changes)
    assert joined(edit for change in changes for edit in change) == (
        insertion("/srv/m.py", 9, 40, meta.format(", ".join(texts))),
    )
