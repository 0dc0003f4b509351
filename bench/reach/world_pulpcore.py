"""One of each that has lists below it."""
# mypy: ignore-errors
# ruff: noqa: ANN401, PLC0415 - the user is of any type here; Django is set up first

from typing import Any

from world import World


def make(user: Any) -> World:
    """Return how URLs name them."""
    from pulp_file.app.models import FileRepository
    from pulpcore.app.models import Group, PulpExporter, PulpImporter

    group, _ = Group.objects.get_or_create(name="g")
    repository, _ = FileRepository.objects.get_or_create(name="r")
    exporter, _ = PulpExporter.objects.get_or_create(name="x", defaults={"path": "x"})
    importer, _ = PulpImporter.objects.get_or_create(name="i")
    return World(
        kwargs={
            "user_pk": user.pk,
            "group_pk": group.pk,
            "repository_pk": repository.pk,
            "exporter_pk": exporter.pk,
            "importer_pk": importer.pk,
        }
    )
