from django.apps import AppConfig


class LabConfig(AppConfig):
    """The one application of the project."""

    name = "rowpath.lab.apps.django"
    label = "lab"

    def ready(self) -> None:
        """Connect the signals."""
        from rowpath.lab.apps.django import signals  # noqa: F401, PLC0415 models come first
