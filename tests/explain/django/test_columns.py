"""Which columns Python can add up, compare and have of dicts as the database does."""

import pytest

from explain.shop_project import printed
from rowpath.explain.project_of import ProjectOf

SCRIPT = """
import json
import django
django.setup()
from django.db import models
from rowpath.explain.django.columns import columns_of

class Priced(models.Model):
    price = models.DecimalField(max_digits=9, decimal_places=2)
    number = models.IntegerField()
    weight = models.FloatField()
    cover = models.FileField()
    of = models.ForeignKey("shop.Book", models.CASCADE)

    class Meta:
        app_label = "shop"

told = {vendor: columns_of(Priced, vendor, is_ordered=True) for vendor in ("sqlite", "postgresql")}
print(json.dumps({
    "plain": sorted(told["sqlite"].plain),
    **{vendor: sorted(columns.summed) for vendor, columns in told.items()},
}))
"""


@pytest.fixture(scope="module")
def told(project: ProjectOf) -> dict[str, list[str]]:
    """The columns of a model with one of each kind."""
    found: dict[str, list[str]] = printed(project, SCRIPT)
    return found


def test_decimals_are_added_up_alike_by_postgresql_alone(told: dict[str, list[str]]) -> None:
    """SQLite adds them up in floating point, and floats depend on their order."""
    assert told["sqlite"] == ["id", "number"]
    assert told["postgresql"] == ["id", "number", "price"]


def test_a_dict_has_all_but_files_as_an_instance_does(told: dict[str, list[str]]) -> None:
    """An instance has an object of a file, and a dict its name."""
    assert told["plain"] == ["id", "number", "of_id", "price", "weight"]
