"""`rowpath lab list`: what can be run."""

import click

from rowpath.lab.experiment import WHOLE_TABLE, Claim, Experiment, Variant
from rowpath.lab.experiments import EXPERIMENTS


@click.command("list")
def list_experiments() -> None:
    """List the experiments with their variants and the talk's claims."""
    click.echo("\n\n".join(map(_experiment, EXPERIMENTS)))


def _experiment(experiment: Experiment) -> str:
    width = max(len(variant.name) for variant in experiment.variants)
    return "\n".join(
        (
            f"{experiment.name} (section {experiment.section} of the talk): {experiment.question}",
            f"  rows per answer: {_sizes(experiment)}",
            "  variants:",
            *(f"    {_variant(variant, experiment, width)}" for variant in experiment.variants),
            *(("  claims:",) if experiment.claims else ()),
            *(f"    {_claim(claim)}" for claim in experiment.claims),
        )
    )


def _sizes(experiment: Experiment) -> str:
    names = ["the whole table" if size == WHOLE_TABLE else f"{size:,}" for size in experiment.sizes]
    names += [f"{size:,} (thorough)" for size in experiment.thorough_sizes]
    return ", ".join(names)


def _variant(variant: Variant, experiment: Experiment, width: int) -> str:
    notes = [str(setup) for setup in variant.setups]
    if variant.name == experiment.baseline:
        notes.append("baseline")
    if variant.thorough_only:
        notes.append("thorough only")
    return f"{variant.name:<{width}}  {variant.title} [{', '.join(notes)}]"


def _claim(claim: Claim) -> str:
    return (
        f"{claim.section}: {claim.text} ({claim.variant} against {claim.baseline}, "
        f"{claim.rows:,} rows, time x{claim.time_ratio:.3g}, said of {claim.reading})"
    )
