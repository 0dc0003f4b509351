"""Run as a program: asks each list of DRF and of the fast path, and prints what differs as JSON.

`python -m fast.shop.compare DSN ZONE COMPILED` has the database, the current time zone and whether
compiled code may be used.
"""

import json
import sys
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict


def configure(dsn: str, *, compiled: bool) -> None:
    parameters = conninfo_to_dict(dsn)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "fast.shop"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parameters["dbname"],
                "OPTIONS": parameters,
            }
        },
        ALLOWED_HOSTS=["testserver"],
        SECRET_KEY="the tests'",  # noqa: S106 - signs nothing
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
        },
        ROWPATH={"compiled": compiled},
    )
    django.setup()


def main(dsn: str, zone: str, compiled: str) -> None:
    configure(dsn, compiled=compiled == "compiled")
    from django.db import connection
    from django.utils import timezone

    from fast.shop.lists import LISTS
    from fast.shop.models import Category, Detail, Product
    from fast.shop.rows import fill

    with connection.schema_editor() as editor:
        for model in (Category, Product, Detail):
            editor.create_model(model)
    fill(60)
    timezone.activate(ZoneInfo(zone))
    for name, (view, queries) in LISTS.items():
        print(json.dumps({"name": name, **compared(view, queries)}), flush=True)  # noqa: T201


def compared(view: Any, queries: list[str]) -> dict[str, object]:
    from fast.shop.ways import fast

    outcomes, link = [], None
    for query in queries:
        url = str(link) if query == "next" else f"/{query}"
        theirs, _, _ = asked(view, url)
        ours, outcome, link = asked(fast(view), url)
        if ours != theirs:
            return {"difference": [str(theirs)[:2000], str(ours)[:2000]]}
        outcomes.append(outcome)
    return {"outcomes": outcomes}


def asked(view: Any, url: str) -> tuple[object, object, str | None]:
    from rest_framework.test import APIRequestFactory

    from rowpath.fast.drf import outcome_of

    response = view.as_view()(APIRequestFactory().get(url))
    if response.streaming:
        content = b"".join(response.streaming_content)
        response.close()
    else:
        content = response.render().content
    outcome = outcome_of(response)
    told = outcome and (outcome.path or str(outcome.reason))
    body = json.loads(content)
    link = body.get("next") if isinstance(body, dict) else None
    return (response.status_code, dict(response.headers), content), told, link


if __name__ == "__main__":
    main(*sys.argv[1:])
