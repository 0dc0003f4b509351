import ast
from dataclasses import replace

import pytest

from rowpath.lab.applications import App
from rowpath.lab.experiment import Endpoint, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.source import source_of

VARIANTS = [variant for experiment in EXPERIMENTS for variant in experiment.variants]
BY_NAME = {variant.name: variant for variant in VARIANTS}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_variant_has_source(variant: Variant) -> None:
    """Each name in its code is defined, and what is cut out is Python again."""
    tree = ast.parse(source_of(variant))

    assert [getattr(node, "name", None) for node in tree.body] == list(variant.asks.code)


def test_a_class_is_cut_out_whole() -> None:
    """From its first line to its last, without its neighbours."""
    source = source_of(BY_NAME["unread-django"])

    assert source.startswith("class Unread(APIView):\n")
    assert source.endswith("    return Response(data=out_data)")


def test_a_function_comes_with_its_decorators() -> None:
    """An endpoint without its route would not say what it is."""
    source = source_of(BY_NAME["fastapi-schema"])

    assert source.startswith('@router.get("/fastapi-schema"')
    assert "class ProductSchema(BaseModel):" in source


def test_a_name_that_is_not_defined_is_an_error() -> None:
    """A variant cannot show code that it does not have."""
    lost = replace(BY_NAME["all"], asks=Endpoint(app=App.DJANGO, code=("Lost",)))

    with pytest.raises(LookupError, match="the django application defines Lost 0 times"):
        source_of(lost)
