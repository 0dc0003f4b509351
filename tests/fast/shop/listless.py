"""The URLs of a project without lists."""

from typing import Any

urlpatterns: list[Any] = []
