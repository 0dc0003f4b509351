"""Change one thing at a time in what computes verdicts, and tell what the tests do not notice.

    python bench/mutants.py                                 every module below; half an hour
    python bench/mutants.py src/rowpath/stats/ratio.py      one of them
    python bench/mutants.py src/rowpath/stats/ratio.py --from 40
    python bench/mutants.py --every 3                       a third of them

A mutant is a module with one comparison, operator, number, truth value or conversion of units
changed. Each runs in a process that is forked when all that is not rowpath's was imported, so that
one takes as long as its tests. What survives is printed with its line; the command ends with 1 if
anything does. Some survivors are equivalent, such as a bound in a place where no value can meet it:
CONTRIBUTING.md says what is done about them.
"""

import argparse
import ast
import importlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
ANALYSIS = tuple(
    f"tests/lab/{name}.py" for name in ("test_analysis", "test_analysis_figures", "test_gates")
)
COMPARING = ("tests/comparing/test_comparison.py",)
TESTS: Mapping[str, Sequence[str]] = {
    **{
        f"stats/{name}.py": (f"tests/stats/test_{name}.py",)
        for name in (
            *("chance", "holm", "interval", "median", "precision", "ratio"),
            *("readings", "shares", "signed_rank", "two_samples", "verdict"),
        )
    },
    "lab/gates.py": ANALYSIS,
    "lab/judging.py": ANALYSIS,
    "lab/analysis.py": ANALYSIS,
    "lab/disturbances.py": ("tests/lab/test_disturbances.py",),
    "lab/forecast.py": ("tests/lab/test_forecast.py",),
    "lab/measures.py": ("tests/lab/test_measures.py", "tests/lab/test_gates.py"),
    "lab/plan.py": ("tests/lab/test_plan.py", "tests/lab/test_gates.py"),
    "lab/resume.py": ("tests/lab/test_resume.py",),
    "lab/sharing.py": ("tests/lab/test_sharing.py",),
    "lab/verifying.py": ("tests/kept/test_verifying.py",),
    "lab/comparing/comparison.py": COMPARING,
    "lab/comparing/measured.py": ("tests/comparing/test_measured.py",),
    **{
        f"lab/load/{name}.py": (f"tests/load/test_{name}.py",)
        for name in ("figures", "ledger", "thresholds", "timeline")
    },
    "lab/load/plan.py": ("tests/load/test_figures.py",),
    "lab/load/results.py": ("tests/load/test_figures.py",),
    "lab/measuring/machine.py": ("tests/lab/test_machine.py",),
    "lab/race/judging.py": ("tests/race/test_judging.py", "tests/race/test_race_report.py"),
    "lab/race/results.py": ("tests/race/test_judging.py",),
    "lab/race/runs.py": ("tests/kept/test_verifying.py", "tests/kept/test_runs.py"),
    "lab/race/values.py": ("tests/race/test_values.py",),
    "capture/trace.py": ("tests/capture/test_trace.py",),
    "report/figures.py": ("tests/report/test_figures.py",),
    "report/trend/series.py": ("tests/kept/test_trend.py",),
}
"""Which tests belong to a module."""
PRELOADED = ("pytest", "numpy", "hypothesis", "pydantic", "rich.console", "psutil", "psycopg")
LONGEST_S = 100
"""A mutant that never ends is noticed, too."""

SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
CONVERSIONS = frozenset((60, 1_000, 1_000_000, 1_000_000_000))
"""Factors between units: each is also replaced by 1, as if the conversion was forgotten."""
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "low": "high", "high": "low"}


class _Mutation(ast.NodeTransformer):
    """Changes the place of one number in a tree, or none; counts the places."""

    def __init__(self, chosen: int = -1) -> None:
        self.chosen = chosen
        self.places: list[int] = []

    def _is_chosen(self, line: int) -> bool:
        self.places.append(line)
        return len(self.places) - 1 == self.chosen

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for number, op in enumerate(node.ops):
            if self._is_chosen(node.lineno):
                node.ops[number] = SWAPPED[type(op)]()  # type: ignore[call-overload]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        is_text = isinstance(node.left, ast.JoinedStr) or isinstance(node.right, ast.JoinedStr)
        if type(node.op) in SWAPPED and not is_text and self._is_chosen(node.lineno):
            node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self._is_chosen(node.lineno):
            node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not | ast.USub) and self._is_chosen(node.lineno):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool):
            if self._is_chosen(node.lineno):
                node.value = not value
        elif isinstance(value, int | float):
            if self._is_chosen(node.lineno):
                node.value = value + 1
            if value in CONVERSIONS and self._is_chosen(node.lineno):
                node.value = 1
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in NAMES and isinstance(node.ctx, ast.Load) and self._is_chosen(node.lineno):
            node.id = NAMES[node.id]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in {"low", "high"} and self._is_chosen(node.lineno):
            node.attr = NAMES[node.attr]
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return node if node.arg == "strict" else self.generic_visit(node)  # an assertion of ours

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]  # not what dataclass() is told
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        for number, default in enumerate(node.kw_defaults):
            if default is not None:
                node.kw_defaults[number] = self.visit(default)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


class _Mutated(MetaPathFinder, Loader):
    """Gives a changed module in the place of the one that is installed."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 our own source, with one thing changed


def places(source: str) -> Sequence[int]:
    """Return the line of each place that can be changed."""
    mutation = _Mutation()
    mutation.visit(ast.parse(source))
    return mutation.places


def mutant(source: str, chosen: int) -> str:
    """Return the source with the place of this number changed."""
    return ast.unparse(ast.fix_missing_locations(_Mutation(chosen).visit(ast.parse(source))))


def noticed(path: Path, source: str, tests: Sequence[str]) -> bool:
    """Return whether the tests fail where the module at `path` has this source."""
    pid = os.fork()
    if pid == 0:
        _run(path, source, tests)
    _, status = os.waitpid(pid, 0)
    return status != 0


def _run(path: Path, source: str, tests: Sequence[str]) -> None:
    signal.alarm(LONGEST_S)
    name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    sys.meta_path.insert(0, _Mutated(name, compile(source, str(path), "exec")))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    main = importlib.import_module("pytest").main
    # To explain assertions pytest loads modules itself, the unchanged ones of rowpath too.
    # Preloaded plugins are too late to have their assertions explained, and nobody reads them here.
    late = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
    os._exit(int(main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *late, *tests])))


def survivors(path: Path, first: int, every: int) -> Iterator[str]:
    """Yield each change to a module that its tests do not notice, as text."""
    tests = TESTS[str(path.relative_to(SOURCE / "rowpath"))]
    source = path.read_text(encoding="utf-8")
    whole = ast.unparse(ast.parse(source))
    if noticed(path, whole, tests):
        yield f"{path}: its tests fail without any change"
        return
    lines = source.splitlines()
    for number, line in enumerate(places(source)):
        if number < first or (number - first) % every:
            continue
        changed = mutant(source, number)
        if changed != whole and not noticed(path, changed, tests):
            new = next(_added(whole, changed), "")
            yield f"{path.relative_to(ROOT)}:{line} (#{number}): {lines[line - 1].strip()} -> {new}"


def _added(whole: str, changed: str) -> Iterator[str]:
    """Yield the lines that only the changed source has."""
    for old, new in zip(whole.splitlines(), changed.splitlines(), strict=False):
        if old != new:
            yield new.strip()


def main() -> int:
    """Print what survives; 1 if anything does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="NUMBER")
    parser.add_argument("--every", type=int, default=1, metavar="NUMBER")
    asked = parser.parse_args()
    os.chdir(ROOT)
    for name in PRELOADED:
        importlib.import_module(name)
    modules = asked.modules or [SOURCE / "rowpath" / name for name in TESTS]
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        for module in modules:
            path = module.resolve()
            print(f"{path.relative_to(ROOT)}: {len(places(path.read_text()))} places", flush=True)
            for each in survivors(path, asked.first, asked.every):
                print(f"  {each}", flush=True)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
