from django.apps import AppConfig


class ExplainConfig(AppConfig):
    """Brings the command `rowpath_explain`; `rowpath explain` needs no entry in INSTALLED_APPS."""

    name = "rowpath.explain.django"
    label = "rowpath_explain"
    verbose_name = "rowpath's explanations"
