"""A watched request has Django do what it does otherwise, and nothing besides."""

import json
import os
import subprocess
import sys

from explain.shop_project import SETTINGS
from rowpath.explain.project_of import ProjectOf

SCRIPT = """
import json
import django
django.setup()
from django.conf import settings
from django.db.models.sql.query import Query
from django.test import Client
from rowpath.capture.patching import Patch
from rowpath.explain.django.client_handler import ClientWatch

settings.ALLOWED_HOSTS = ["testserver"]
built = []

def counting(original):
    def build_filter(*args, **kwargs):
        built.append(None)
        return original(*args, **kwargs)
    return build_filter

def filters():
    built.clear()
    assert Client().get("/repaired/").status_code == 200
    return len(built)

with Patch(Query, {"build_filter": counting}).applied():
    alone = filters()
    with ClientWatch() as watch, watch.requests():
        watched = filters()
print(json.dumps([alone, watched]))
"""


def test_the_filters_that_django_puts_off_stay_put_off(project: ProjectOf) -> None:
    """A prefetched relation has one, for each row, which nobody needs whose rows are there."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=project.folder,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    alone, watched = json.loads(done.stdout)

    assert 0 < alone < 24
    assert watched == alone
