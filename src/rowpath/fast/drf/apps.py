from importlib import import_module

from django.apps import AppConfig


class FastConfig(AppConfig):
    """Brings the command `rowpath_plan`, and the setting `everywhere`.

    The mixin needs no entry in INSTALLED_APPS.
    """

    name = "rowpath.fast.drf"
    label = "rowpath_fast"
    verbose_name = "rowpath's fast path"

    def ready(self) -> None:
        """Look behind DRF's lists, if the settings say so. Raises ImproperlyConfigured."""
        # Not before there are models, which DRF's views may import.
        if import_module("rowpath.fast.drf.options").options().everywhere is not None:
            import_module("rowpath.fast.drf.everywhere").install()
