"""`rowpath lab list`: what can be run."""

from collections.abc import Iterator
from pathlib import Path

import click

from rowpath.cli.standard_streams import say
from rowpath.lab.experiment import OWN, WHOLE_TABLE, Claim, Experiment, Group, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.own_file import own_experiments


@click.command("list")
@click.argument("own", required=False, metavar="[FILE.py]")
def list_experiments(own: str | None) -> None:
    """List the experiments with their variants and claims, or those of a file of your own."""
    shown = EXPERIMENTS if own is None else own_experiments(Path(own))
    say("\n\n".join(map(_experiment, shown)))


def _experiment(experiment: Experiment) -> str:
    return "\n".join(
        (
            f"{experiment.name} ({_section(experiment)}): {experiment.question}",
            *(line for group in experiment.groups for line in _group(experiment, group)),
            *(("  claims:",) if experiment.claims else ()),
            *(f"    {_claim(claim)}" for claim in experiment.claims),
        )
    )


def _section(experiment: Experiment) -> str:
    own = experiment.section == OWN
    return "your own" if own else f"section {experiment.section} of the talk"


def _group(experiment: Experiment, group: Group) -> Iterator[str]:
    if len(experiment.groups) > 1:
        yield f"  {group.name}: {group.question}"
    of = f", of {group.of}" if group.of else ""
    yield f"  rows per answer{of}: {_sizes(group)}"
    yield "  variants:"
    width = max(len(variant.name) for variant in group.variants)
    yield from (f"    {_variant(variant, group, width)}" for variant in group.variants)


def _sizes(group: Group) -> str:
    names = ["the whole table" if size == WHOLE_TABLE else f"{size:,}" for size in group.sizes]
    names += [f"{size:,} (thorough)" for size in group.thorough_sizes]
    return ", ".join(names)


def _variant(variant: Variant, group: Group, width: int) -> str:
    notes = [str(each) for each in variant.conditions]
    if variant.name == group.baseline:
        notes.append("baseline")
    if variant.thorough_only:
        notes.append("thorough only")
    if variant.needs is not None:
        notes.append(f"needs {variant.needs.package} {variant.needs.version}")
    if variant.fails is not None:
        notes.append(f"fails with {variant.fails.kind}")
    return f"{variant.name:<{width}}  {variant.title} [{', '.join(notes)}]"


def _claim(claim: Claim) -> str:
    return (
        f"{claim.section}: {claim.text} ({claim.variant} against {claim.baseline}, "
        f"{claim.rows:,} rows, {claim.quantity.name} x{claim.ratio:.3g})"
    )
