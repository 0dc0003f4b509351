"""A panel of django-debug-toolbar: where the time of this request goes, and what it repeats."""

from rowpath.toolbar.panel import RowpathPanel

__all__ = ["RowpathPanel"]
