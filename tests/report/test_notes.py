import dataclasses

import pytest
from report_runs import LOGS, PRODUCTS, experiment, whole_run

from rowpath.lab.circumstances import DatasetRecord
from rowpath.report import notes
from rowpath.report.layout import groups
from rowpath.report.missing import missing


def test_what_the_database_held_is_in_words() -> None:
    """Each dataset is named after the table that it is sized by."""
    assert notes.contents(whole_run()) == "10,000,000 products and 1,000,000 player fights"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (dataclasses.replace(LOGS, rows=1, tables={"player_fight": 1}), "1 player fight"),
        (dataclasses.replace(LOGS, tables={}), "1,000,000 rows of logs"),
        (dataclasses.replace(LOGS, rows=40, tables={"boss": 40, "a": 40}), "40 rows of logs"),
    ],
)
def test_a_dataset_whose_table_is_not_plain_is_named_itself(data: DatasetRecord, text: str) -> None:
    """Where no table, or more than one, has the rows, nothing false is said."""
    assert notes.contents(dataclasses.replace(whole_run(), datasets=(data,))) == text


def test_a_file_of_one_dataset_has_it_in_its_place() -> None:
    """A run whose list of datasets is empty still says what it used."""
    assert notes.contents(dataclasses.replace(whole_run(), datasets=())) == "10,000,000 products"


def test_the_tables_of_a_dataset_stand_by_size() -> None:
    """The largest comes first, and those that are there to be written to are counted."""
    assert notes.tables(LOGS) == (
        "1,000,000 player_fight, 200,000 fight_tags, 100,000 fight, 40 boss, "
        "2 more, empty, to write to"
    )
    assert notes.tables(PRODUCTS) == "10,000,000 product"


def test_what_ended_alike_at_several_sizes_is_told_once() -> None:
    """A known error is the same at every size."""
    keys, _ = groups(experiment("relations"))

    (ending,) = notes.endings(keys.sizes)

    assert len(keys.sizes) == 2
    assert str(ending).startswith("select-related-only-id: It fails, as it is known to, with")


def test_what_is_missing_is_told_with_its_reason() -> None:
    """What was left out, ended at a limit, or has no interval is missing; a known error is not."""
    sentences = missing(whole_run())

    assert (
        "relations: foreign-keys-fetch-peers was left out: it needs django 6.1, "
        "and this run has 5.2.19." in sentences
    )
    assert (
        "loops, controlled, 50,000 rows: list-everything. The worker was ended at its limit of "
        "2,048 MiB after 11.0 s, without an answer." in sentences
    )
    assert not any("FieldError" in sentence for sentence in sentences)


def test_variants_with_too_few_blocks_are_told_together() -> None:
    """A run that was stopped has one sentence for each size, not one for each variant."""
    loops = experiment("loops")
    few = tuple(dataclasses.replace(each, ratio=None, blocks=1) for each in loops.comparisons)
    run = dataclasses.replace(
        whole_run(), experiments=(dataclasses.replace(loops, comparisons=few),)
    )

    sentences = [each for each in missing(run) if "too few" in each]

    assert sentences[1] == (
        "loops, controlled, 20,000 rows: only 1 block, too few for an interval, of "
        "iterator-2000, iterator-chunk-100, values-iterator."
    )
    assert len(sentences) == 3
