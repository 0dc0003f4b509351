"""What docs/experiments.md says of a new technique is all that it takes."""

import json
import re
import shutil
import subprocess
import sysconfig
import textwrap
import venv
from pathlib import Path

import pytest

import rowpath
from conftest import PRODUCTS
from rowpath.lab.database import Database

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/experiments.md").read_text()
PACKAGE = Path(rowpath.__file__).parent
EXAMPLE = PAGE.partition("## A technique, step by step")[2].partition("\n## ")[0]

MEASURE = """
import json, sys
from dataclasses import replace
from pathlib import Path
import rowpath
from rowpath.lab.measuring import runner
from rowpath.lab.analysis import experiment_record
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.servers.fleet import Site
from rowpath.lab.source import source_of
from rowpath.lab.plan import Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.results import Results

class Silent:
    def step(self, text, cell=None): pass
    def stage_done(self, stage): pass

dsn, rows, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
[fields] = [each for each in EXPERIMENTS if each.name == "fields"]
[group] = fields.groups
pair = [replace(fields.variant(each), conditions=(CONTROLLED,)) for each in ("all", name)]
fields = replace(fields, groups=(replace(group, variants=tuple(pair)),), claims=())
profile = replace(profile_named("quick"), blocks=6, floor=6, slot_s=0.01)
planned = stages([fields], profile, stock=Stock(tables={"product": rows}, versions={}), sizes=[20])
results = Results()
site = Site(dsn=dsn, logs=Path("logs").absolute())
runner.execute(runner.Plan(stages=planned, profile=profile, seed=1, site=site), results, Silent())
sources = {variant: source_of(variant) for variant in fields.variants}
record = experiment_record(fields, planned, results, {}, sources)
[comparison] = record.comparisons
print(json.dumps({
    "package": rowpath.__file__,
    "variant": comparison.variant,
    "blocks": comparison.blocks,
    "has_ratio": comparison.ratio is not None,
    "code": record.variants[1].code,
    "sql": [statement.text for statement in record.variants[1].statements],
}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package in a virtual environment of its own, beside what it depends on."""
    package = tmp_path / "source/rowpath"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    venv.create(tmp_path / "venv", symlinks=True)
    [site] = (tmp_path / "venv/lib").glob("python*/site-packages")
    dependencies = sysconfig.get_path("purelib")
    (site / "copy.pth").write_text(f"{package.parent}\n{dependencies}\n")
    return tmp_path


def blocks() -> dict[str, str]:
    """The pieces of the example, by the words that they begin with."""
    found = re.findall(r"```python\n(.*?)```", EXAMPLE, re.DOTALL)
    return {block.split()[0].partition("(")[0]: block for block in found}


def named_file(ending: str) -> str:
    """The one file that the example names with this ending, below the package."""
    [name] = set(re.findall(rf"`src/rowpath/([^`]*{ending})`", EXAMPLE))
    return str(name)


def test_a_technique_is_a_value_and_a_view(copy: Path, products: Database) -> None:
    """The pieces of the page, put where it says, are measured against the baseline."""
    package, pieces = copy / "source/rowpath", blocks()
    assert set(pieces) == {"class", "from", "Variant"}
    views = package / named_file("views_fields.py")
    header, first_import, rest = views.read_text().partition("\nfrom ")
    views.write_text(f"{header}\n{pieces['from']}{first_import[1:]}{rest}\n\n{pieces['class']}")
    values = package / named_file("experiments/fields.py")
    text = values.read_text()
    opening = "variants=(\n"
    assert text.count(opening) == 1
    values.write_text(text.replace(opening, opening + textwrap.indent(pieces["Variant"], " " * 16)))

    done = subprocess.run(
        [copy / "venv/bin/python", "-c", MEASURE, products.dsn, str(PRODUCTS), "raw-cursor"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert Path(seen["package"]).is_relative_to(copy)
    assert (seen["variant"], seen["blocks"], seen["has_ratio"]) == ("raw-cursor", 6, True)
    assert seen["code"].strip() == pieces["class"].strip()
    assert len(seen["sql"]) == 1
