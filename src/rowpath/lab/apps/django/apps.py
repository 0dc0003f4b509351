from django.apps import AppConfig


class LabConfig(AppConfig):
    """The one application of the project."""

    name = "rowpath.lab.apps.django"
    label = "lab"
