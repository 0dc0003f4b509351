"""The function of DRF's Serializer in which rowpath represents rows is DRF's to all others."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

# What a to_representation() of the project's does around DRF's.
AROUND = (
    *("copied", "deeply_copied", "named", "twice", "of_another", "of_another_row"),
    *("of_no_serializer", "under_a_patch", "with_a_class_changed", "with_a_field_less"),
    "looking",
)


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_hooked") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("of", AROUND)
def test_code_around_drfs_function_has_what_drf_would_give_it(project: Inside, of: str) -> None:
    told = project.call("hooked:around", of=of)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize(
    ("method", "name", "said", "status"),
    [
        ("get", "retrieve", {"pk": 1}, 200),
        ("get", "some", {}, 200),
        ("get", "list", {}, 200),
        ("post", "create", {"data": {"name": "new"}}, 201),
        ("put", "update", {"pk": 1, "data": {"name": "other"}}, 200),
        ("post", "create", {"data": {}}, 400),
    ],
)
def test_a_view_with_fast_mixin_answers_the_data_of_drf(
    project: Inside, method: str, name: str, said: dict[str, object], status: int
) -> None:
    theirs, ours = project.call("hooked:entered", method=method, action=name, **said)

    assert ours == theirs
    assert ours[0] == status


def test_a_view_with_fast_mixin_has_its_object_represented_by_rowpath(project: Inside) -> None:
    assert project.call("hooked:retrieved_by_rowpath") is True


def test_fast_mixin_adds_no_route(project: Inside) -> None:
    without, with_it = project.call("hooked:routes")

    assert with_it == without


def test_a_view_with_fast_mixin_has_drfs_get_serializer(project: Inside) -> None:
    """By which packages that describe an API tell that they need not call it."""
    assert project.call("hooked:as_drf_has_them") is True


def test_members_are_made_as_often_for_many_rows_as_for_a_few(project: Inside) -> None:
    """However deep serializers stand within one another that look at their fields."""
    few, many = project.call("hooked:looked_at_anew")

    assert few == many
    assert few > 0


def test_a_list_in_meta_that_changes_in_place_is_seen(project: Inside) -> None:
    assert project.call("hooked:changed_in_place") == [["id"], ["id", "name"]]


def test_threads_that_share_a_serializer_have_the_data_of_drf(project: Inside) -> None:
    assert project.call("hooked:shared_by_threads") == [True] * 8


def test_a_pickled_serializer_has_nothing_of_rowpath(project: Inside) -> None:
    assert project.call("hooked:pickled") == [None, True]


def test_drfs_function_says_of_itself_what_it_said(project: Inside) -> None:
    assert project.call("hooked:told_of_the_function") == [
        *("to_representation", "Serializer.to_representation", "rest_framework.serializers"),
        *("(self, instance)", True),
    ]


def test_under_a_patch_of_drfs_function_drf_makes_the_data(project: Inside) -> None:
    """And rowpath again afterwards."""
    assert project.call("hooked:patched_for_a_while") == [
        ["instances", [3, 3]],
        [None, [4, 4]],
        ["instances", [3, 3]],
    ]


_SETTINGS = """
from django.conf import settings
settings.configure(INSTALLED_APPS=["rest_framework"])
import django
django.setup()
from rest_framework import serializers
"""
_PATCHED_FIRST = """
drfs = serializers.Serializer.to_representation
def patch(self, instance):
    return drfs(self, instance)
serializers.Serializer.to_representation = patch
from rowpath.fast.drf.data import hook
assert serializers.Serializer.to_representation is patch
assert "replaced" in hook.why_not_looked_for().reason
"""
_IMPORTED_AGAIN = """
import importlib
from rowpath.fast.drf.data import hook
importlib.reload(hook)
class Made(serializers.Serializer):
    name = serializers.CharField()
assert Made({"name": "a"}).data == {"name": "a"}
"""


def _ended(program: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", _SETTINGS + program],
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stderr


def test_a_patch_that_was_there_first_stays_in_its_place() -> None:
    """And nothing is marked, since nobody would look."""
    assert _ended(_PATCHED_FIRST) == (0, "")


def test_the_hook_may_be_imported_again() -> None:
    assert _ended(_IMPORTED_AGAIN) == (0, "")
