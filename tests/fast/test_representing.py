"""FastSerializer makes of any row what DRF's own serializer makes of it, type for type."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

# How a class that stands in a module is represented: without fields of its own ("recipe"), with
# them ("fields"), or by DRF ("drf").
RECIPE = (
    *("attribute_broken", "attribute_left_out", "attribute_missing", "attribute_missing_far"),
    *("attribute_missing_far_null", "attribute_null", "attributes", "builtin", "builtin_far"),
    *("builtin_of_key", "called_that_fails", "called_that_wants", "deferred", "depth"),
    *("every_column", "key_left_out", "key_missing", "key_of_nothing", "list_of_its_own"),
    *("lists", "mapping_without_key", "mappings", "method_that_changes_rows"),
    *("method_that_is_replaced", "method_that_moves_the_clock", "method_that_skips", "methods"),
    *("models_in_turn", "nested_and_methods", "notes", "nothing", "overriding_that_calls_super"),
    *("to_many", "to_many_prefetched", "value_that_fails"),
)
OWN_FIELDS = (
    *("attribute_with_called_default", "attribute_with_default"),
    *("children_that_ask_for_the_request", "fields_added_by_a_helper"),
    *("fields_changed_by_a_helper", "fields_kept_by_a_property", "fields_made_once"),
    *("fields_of_another_kind", "fields_of_a_property_changed_by_a_helper"),
    "fields_of_a_property_that_fails",
    *("fields_that_change_between_rows", "list_that_changes_fields_between_rows"),
    *("list_that_looks_at_fields", "method_that_changes_what_it_is_given"),
    "method_that_looks_at_fields",
    *("fields_hidden_by_a_helper", "fields_of_the_request", "key_by_a_method", "nested"),
    *("overriding_within", "proxies", "reverse_one_to_one", "topics"),
)
OF_LATER = ("broken_iterator", "iterator_of_rows", "names_of_an_enum", "text_that_is_none")
DRF = (
    *("fields_as_a_property", "fields_that_go_with_a_value"),
    "method_that_sets_what_a_field_is",
)
NOTHING = ("fields_that_cannot_be_made",)
# Where code of the project's stands around what DRF makes of a row, or looks at the fields.
AS_DATA = (
    *("fields_added_by_a_helper", "fields_changed_by_a_helper", "fields_kept_by_a_property"),
    *("fields_that_change_between_rows", "list_of_its_own", "list_that_looks_at_fields"),
    *("list_that_changes_fields_between_rows", "method_that_changes_what_it_is_given"),
    *("method_that_looks_at_fields", "overriding_that_calls_super"),
    "fields_of_a_property_changed_by_a_helper",
)
FIELDS = (
    *("address", "as-it-is", "big", "boolean", "boolean-null", "char", "choice", "choices", "date"),
    *("date-as-it-is", "date-spelled", "decimal", "decimal-any", "decimal-down", "decimal-local"),
    *("decimal-number", "decimal-own", "decimal-places", "decimal-short", "decimal-whole", "dict"),
    *("duration", "email", "file", "float", "integer", "json", "json-binary", "key", "list"),
    *("list-of-char", "moment", "moment-as-it-is", "moment-iso", "moment-own", "moment-spelled"),
    *("moment-there", "reaching", "shouting", "slug", "slug-of-row", "text-of-row", "time"),
    *("time-spelled", "uuid", "uuid-hex"),
)


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_representing") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_all_cases_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    cases, fields = project.call("representing.asking:names")

    assert cases == sorted((*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING))
    assert fields == sorted(FIELDS)


@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING])
def test_a_row_is_what_drf_makes_of_it(
    project: Inside, case: str, *, again: bool, many: bool
) -> None:
    """The same values and types, or the same errors, by the same calls and statements."""
    told = project.call("representing.asking:compared", of=case, many=many, again=again)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize(
    ("case", "how"),
    [*((one, "recipe") for one in RECIPE), *((one, "fields") for one in OWN_FIELDS)]
    + [(one, "drf") for one in DRF],
)
def test_a_class_that_says_its_fields_makes_them_once(project: Inside, case: str, how: str) -> None:
    """And a class that has a say for each request or row makes them as often as with DRF."""
    told = project.call("representing.asking:compared", of=case, many=True, again=True)

    assert told["how"] == how


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_writes_every_value_as_drf_does(project: Inside, field: str) -> None:
    """Whatever is put in front of it, or it raises the same."""
    assert project.call("representing.values:values_compared", of=field) == []


def test_decimals_are_rounded_by_the_context_of_their_time(project: Inside) -> None:
    """A precision that the project sets holds for both."""
    assert project.call("representing.values:decimals_compared") == []


@pytest.mark.parametrize("text", ["new", "", "x" * 50])
def test_what_was_validated_or_saved_is_told_as_drf_tells_it(project: Inside, text: str) -> None:
    """data of what is valid, of what is not, and of what was saved."""
    theirs, ours = project.call("representing.asking:written", text=text)

    assert ours == theirs


@pytest.mark.parametrize(
    ("case", "path"),
    [("deferred", "compiled"), ("reverse_one_to_one", "compiled"), ("list_of_its_own", None)],
)
def test_a_fast_list_of_fast_serializers_has_the_bytes_of_drf(
    project: Inside, case: str, path: str | None
) -> None:
    """FastSerializer stands in no fast list's way, and helps where the list is DRF's."""
    [theirs, _], [ours, taken] = project.call("representing.asking:listed", of=case)

    assert ours == theirs
    assert taken == path


def test_what_is_patched_is_called_as_often_as_by_drf(project: Inside) -> None:
    """A function that rowpath does without runs where somebody has put another in its place."""
    assert project.call("representing.patching:patched") == []


def test_what_is_in_the_context_of_a_request_is_left_alone(project: Inside) -> None:
    """Nothing there is looked at, nor kept, to tell which time zone holds."""
    assert project.call("representing.keeping:left_alone") == {"seen": [], "kept": 0}


def test_nothing_of_a_request_is_held(project: Inside) -> None:
    """Neither a row of which something was not there, nor a class that is made for a request."""
    assert project.call("representing.keeping:let_go") == []


def test_what_is_changed_since_a_class_was_used_holds(project: Inside) -> None:
    """Of its Meta, its fields, the classes within it, DRF's functions, the settings; and back."""
    assert project.call("representing.patching:changed") == []


def test_copies_and_pickles_are_serializers_of_their_own(project: Inside) -> None:
    """A copy has the fields that DRF's has, whatever the first one has been asked."""
    theirs, ours = project.call("representing.asking:copied")

    assert ours == theirs


ALONE = """
from types import SimpleNamespace
from django.conf import settings
settings.configure(REST_FRAMEWORK={})
import django
django.setup()
from decimal import Decimal
from django.test.utils import override_settings
from rest_framework import serializers
from rowpath.fast.drf import FastSerializer
class Priced(FastSerializer, serializers.Serializer):
    price = serializers.DecimalField(5, 2)
row = SimpleNamespace(price=Decimal("1.50"))
for _ in range(3):
    told = [Priced(row).data["price"]]
with override_settings(REST_FRAMEWORK={"COERCE_DECIMAL_TO_STRING": False}):
    told.append(Priced(row).data["price"])
print(told)
"""


def test_settings_are_heard_without_a_fast_list() -> None:
    """Where a project imports nothing of rowpath's but FastSerializer."""
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)

    assert done.stdout == "['1.50', Decimal('1.50')]\n"


@pytest.mark.parametrize(
    ("case", "done"),
    [
        ("every_column", ["DurationField.to_representation"]),
        ("methods", ["Field.context", "Field.root"]),
        (
            "to_many_prefetched",
            ["ManyRelatedField.get_attribute", "get_attribute", "is_simple_callable"],
        ),
    ],
)
def test_what_is_usual_is_done_without_drfs_fields(
    project: Inside, case: str, done: list[str]
) -> None:
    """Their functions run for what is left to them, and for nothing else."""
    assert project.call("representing.asking:done_by_drf", of=case) == done
