"""Makes a project's tables and a superuser, and asks rowpath_plan about its lists.

`bench/reach.py` runs it in the project's own venv, with the settings of this folder, the project's
name as part of a module's, the file for the JSON, and "ask" if each list is to be asked as well,
or "plan". What a project wants to be there first, and
the arguments of its URLs, are in `world_PROJECT.py`, if there is one.
"""

# ruff: noqa: ANN401, PLC0415, SLF001 - a project's user model is any; Django is set up first

import importlib
import importlib.util
import io
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from world import World

NAME = "reach@example.com"
"""The superuser's, whichever field of the project's user model has it."""


def main() -> None:
    """Do so, and write what rowpath_plan has told."""
    import django

    project, result, what = sys.argv[1:]
    django.setup()

    from django.core.management import call_command
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - some models are imported with the views only
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    user = superuser()
    world = world_of(project, user)
    told = io.StringIO()
    with world.around:
        options: dict[str, Any] = {"json": True, "no_measure": True, "skip_checks": True}
        options["kwarg"] = [f"{name}={value}" for name, value in world.kwargs.items()]
        options["query"] = [f"{name}={value}" for name, value in world.query.items()]
        call_command("rowpath_plan", user=NAME, stdout=told, **options)
        answers = asked(world, user) if what == "ask" else []
    value = {"versions": versions(project), "routes": json.loads(told.getvalue())}
    Path(result).write_text(json.dumps(value | {"asked": answers}))
    sys.stdout.flush()
    os._exit(0)  # some projects have threads that wait for a server


def asked(world: World, user: Any) -> list[dict[str, Any]]:
    """Ask each list with FastListMixin and without."""
    import asking

    return list(asking.asked(world, user))


def world_of(project: str, user: Any) -> World:
    """Make what has to be there."""
    if importlib.util.find_spec(f"world_{project}") is None:
        return World()
    made: World = importlib.import_module(f"world_{project}").make(user)
    return made


def superuser() -> Any:
    """Return the superuser, made if it is not there, with as many rights as its fields can say."""
    from django.contrib.auth import get_user_model

    model: Any = get_user_model()
    named = {model.USERNAME_FIELD: NAME}
    if (there := model._default_manager.filter(**named).first()) is not None:
        return there
    fields = {field.name for field in model._meta.get_fields()}
    rights = {"is_superuser", "is_staff", "is_active"} & fields
    user = model(**named, **dict.fromkeys(rights, True))
    if "email" in fields:
        user.email = NAME
    user.set_unusable_password()
    user.save()
    return user


def versions(project: str) -> dict[str, str]:
    """Return the versions of what answers."""
    packages = (project, "django", "djangorestframework", "psycopg")
    return {"Python": platform.python_version()} | {name: version(name) for name in packages}


if __name__ == "__main__":
    main()
