"""What the application does whenever a model object has been saved."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from rowpath.lab.apps.django.models import DraftBenchmark, DraftChange


@receiver(post_save, sender=DraftBenchmark)
def note_change(instance: DraftBenchmark, **_kwargs: Any) -> None:
    """Leave a note of every benchmark that was saved."""
    DraftChange.objects.create(benchmark=instance, note=instance.label)
