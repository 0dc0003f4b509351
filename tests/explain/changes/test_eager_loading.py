"""The text that loads relations at once."""

from explain.made import AUTHOR, TAGS
from rowpath.explain.changes.eager_loading import chains
from rowpath.explain.trails import Hop, Way

PUBLISHER = (*AUTHOR, Hop(name="publisher", way=Way.ONE))
TAG_GROUP = (*TAGS, Hop(name="group", way=Way.ONE))


def test_single_rows_are_joined_and_many_are_prefetched() -> None:
    """What leads to one row all the way is joined, all else prefetched."""
    assert chains([AUTHOR, TAGS])[0].text == '.select_related("author").prefetch_related("tags")'


def test_the_longest_path_says_it_all() -> None:
    """`author__publisher` loads the author as well."""
    assert chains([AUTHOR, PUBLISHER])[0].text == '.select_related("author__publisher")'


def test_one_row_behind_many_is_prefetched() -> None:
    """A join does not lead beyond what leads to many."""
    assert chains([TAGS, TAG_GROUP])[0].text == '.prefetch_related("tags__group")'


def test_the_second_choice_joins_nothing() -> None:
    """Where a join is refused, a prefetch may do."""
    assert [chain.text for chain in chains([AUTHOR])] == [
        '.select_related("author")',
        '.prefetch_related("author")',
    ]
