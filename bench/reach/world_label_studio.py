"""The organization that every user is in, and a project with a task."""
# mypy: ignore-errors
# ruff: noqa: ANN401, PLC0415 - the user is of any type here; Django is set up first

from typing import Any

from world import World


def make(user: Any) -> World:
    """Put the user into an organization, as signing up does.

    All three are the first of their kind, so one pk is for each of them.
    """
    from organizations.models import Organization
    from projects.models import Project
    from tasks.models import Task

    if user.active_organization is None:
        made = Organization.create_organization(created_by=user, title="Label Studio")
        user.active_organization = made
        user.save(update_fields=["active_organization"])
    given = {"organization": user.active_organization, "created_by": user}
    project, _ = Project.objects.get_or_create(title="p", defaults=given)
    if not Task.objects.filter(project=project).exists():  # other rows are made beside it
        Task.objects.create(project=project, data={"text": "t"})
    kwargs = {"pk": project.pk, "entity_name": "task", "entity_id": project.pk}
    return World(kwargs=kwargs, query={"project": project.pk})
