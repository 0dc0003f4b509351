"""Which changes can stand in one diff."""

from rowpath.explain.changes.edits import insertion
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
