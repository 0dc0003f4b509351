"""How requests ended that were expected to end badly: with an error, or at a limit of memory."""

from rowpath.lab.record import VariantRecord

FAILED = "failed"
ENDED = "ended"


def has_failed(variant: VariantRecord) -> bool:
    """Return whether a variant ended with the error that it is known for: a result, not a gap.

    Such a variant is never timed; one that was ended at a limit has the time that it ran until
    then.
    """
    return variant.outcome is not None and not any(variant.samples_ms)


def was_ended(variant: VariantRecord) -> bool:
    """Return whether a variant's worker was ended at its limit of memory."""
    return variant.outcome is not None and not has_failed(variant)


def word(variant: VariantRecord) -> str | None:
    """Return in a word how a variant ended badly; None where it did not."""
    if variant.outcome is None:
        return None
    return FAILED if has_failed(variant) else ENDED
