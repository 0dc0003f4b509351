"""A project with one package of others, whose lists are asked with the mixin and without.

`bench/peer_packages.py` runs it in a process and a venv of its own, with the package's name, the
folder of PostgreSQL's socket, its user and an empty database. The last line printed is JSON: how
the lists were answered, and what differed.
"""

import json
import logging
import os
import sys
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

from peer_packages_setup import PACKAGES, Package, seen

ASKED = (
    "Nested/",
    "Flat/",
    "Flat/?author=Author 1",
    "Pages/",
    "Pages/?page=2",
    "Cursors/",
    "Pages/?page=2",  # once more, since this is where caches answer
    "Flat/",
)


def main() -> None:
    """Ask the lists under a few circumstances, and print what came of it."""
    name, host, user, database = sys.argv[1:]
    package = PACKAGES[name]
    place = {"HOST": host, "USER": user, "NAME": database, "OPTIONS": dict(package.options)}
    configure(package, {"ENGINE": package.engine, **place})
    told = asked(package)
    print("\n" + json.dumps(told), flush=True)
    os._exit(0)  # some packages have threads that wait for a server


def configure(package: Package, database: dict[str, Any]) -> None:
    """Set Django up, and make the tables and their rows."""
    import django
    from django.conf import settings

    given = dict(package.settings)
    renderer = given.pop("RENDERER", "rest_framework.renderers.JSONRenderer")
    contrib = [f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions")]
    templates = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    settings.configure(
        SECRET_KEY="x",  # noqa: S106 # of a project without secrets
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="peer_urls",
        TIME_ZONE="Europe/Berlin",
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[*contrib, "rest_framework", *package.apps, "peer_shelf"],
        MIDDLEWARE=[*package.middleware, "django.middleware.common.CommonMiddleware"],
        TEMPLATES=[templates],
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": [renderer],
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
        },
        DATABASES={"default": database},
        **given,
    )
    (package.before or nullcontext)()
    django.setup()
    logging.disable(logging.CRITICAL)  # a package may log each request
    make_urls(package)
    make_rows()
    (package.after or nullcontext)()


def make_urls(package: Package) -> None:
    """Put the lists and the package's own pages where Django finds them."""
    from django.urls import include, path

    from peer_shelf.views import addresses

    urls = ModuleType("peer_urls")
    own = [path(f"{name}/", include(name)) for name in package.urls]
    urls.urlpatterns = [*addresses(), *own]  # type: ignore[attr-defined]
    sys.modules["peer_urls"] = urls


def make_rows() -> None:
    """Make the tables and 40 books."""
    from django.core.management import call_command

    from peer_shelf.models import Author, Book

    # What the package's tables refer to is migrated first: tables without migrations come before.
    call_command("migrate", "auth", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    authors = [Author(name=f"Author {n}é", born=date(1900 + n, 1, 2)) for n in range(5)]
    for author in authors:
        author.save()
    for number in range(40):
        Book(
            title=f"Book {number} ü %s",
            author=authors[number % len(authors)],
            price=Decimal(number) / 4,
            pages=number * 10,
            is_out=number % 2 == 0,
            at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        ).save()


def asked(package: Package) -> dict[str, Any]:
    """Return how the lists were answered, and what differed from DRF."""
    from django.db import connection, transaction

    from peer_shelf.models import Book

    comparison = Comparison(package)
    comparison.ask_all("at first")
    connection.force_debug_cursor = True
    comparison.ask_all("with the query log")
    connection.force_debug_cursor = False
    with transaction.atomic():
        comparison.ask_all("in a transaction")
    Book.objects.filter(pk=8).update(title="another")
    comparison.ask_all("after an update")
    book = Book.objects.get(pk=9)
    book.title = "a third"
    book.save()
    comparison.ask_all("after a save")
    return {"answers": comparison.answers, "differences": comparison.differences}


class Comparison:
    """Asks for lists, and keeps what differed."""

    def __init__(self, package: Package) -> None:
        self.answers: Counter[str] = Counter()
        self.differences: list[str] = []
        self._package = package

    def ask_all(self, when: str) -> None:
        """Ask for each list with the mixin and without, and compare."""
        for address in ASKED:
            theirs, ours = self.ask("drf", address), self.ask("row", address)
            self.answers[ours.pop("answered")] += 1
            theirs.pop("answered")
            if differing := [what for what, value in ours.items() if value != theirs[what]]:
                what = differing[0]
                told = f"{ours[what]!s:.80} by rowpath, {theirs[what]!s:.80} by DRF"
                self.differences.append(f"{address} {when}: {what}: {told}")

    def ask(self, way: str, address: str) -> dict[str, Any]:
        """Return all that can be compared of an answer, and how it was answered."""
        from django.db import connection
        from django.test import Client

        from rowpath.fast.drf import outcome_of

        before = len(seen)
        connection.queries_log.clear()
        with (self._package.around or nullcontext)():
            response = Client(raise_request_exception=False).get(f"/{way}/{address}")
        outcome = outcome_of(response)
        fallen = outcome and outcome.reason and f"DRF: {outcome.reason.reason}"
        own = {"Date", *self._package.own_headers}
        return {
            "status": response.status_code,
            "headers": {name: value for name, value in response.items() if name not in own},
            "body": response.content.replace(b"/row/", b"/drf/"),
            "statements logged": len(connection.queries_log),
            "statements seen": len(seen) - before,
            "answered": fallen or (outcome.path if outcome else "not answered"),
        }


if __name__ == "__main__":
    main()
