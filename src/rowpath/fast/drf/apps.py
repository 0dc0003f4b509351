from django.apps import AppConfig


class FastConfig(AppConfig):
    """Brings the command `rowpath_plan`; the mixin needs no entry in INSTALLED_APPS."""

    name = "rowpath.fast.drf"
    label = "rowpath_fast"
    verbose_name = "rowpath's fast path"
