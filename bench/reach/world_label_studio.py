"""The organization that every user is in."""
# mypy: ignore-errors
# ruff: noqa: ANN401, PLC0415 - the user is of any type here; Django is set up first

from contextlib import AbstractContextManager, nullcontext
from typing import Any


def make(user: Any) -> tuple[AbstractContextManager[Any], dict[str, str]]:
    """Put the user into one, as signing up does."""
    from organizations.models import Organization

    if user.active_organization is None:
        made = Organization.create_organization(created_by=user, title="Label Studio")
        user.active_organization = made
        user.save(update_fields=["active_organization"])
    return nullcontext(), {}
