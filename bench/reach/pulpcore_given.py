"""What pulpcore has no defaults for."""

import os
from pathlib import Path

from reach_database import DATABASES  # noqa: F401 - it is read from here

WORK = Path(os.environ["REACH_WORK"])
SECRET_KEY = "x" * 60
CONTENT_ORIGIN = "http://localhost:24816"
# It has to be a file, with a key for Fernet.
DB_ENCRYPTION_KEY = str(WORK / "key")
Path(DB_ENCRYPTION_KEY).write_text("A" * 43 + "=\n")
DEPLOY_ROOT = str(WORK)
MEDIA_ROOT = str(WORK / "media")
STATIC_ROOT = str(WORK / "static")
WORKING_DIRECTORY = FILE_UPLOAD_TEMP_DIR = str(WORK / "tmp")
CACHE_ENABLED = False
INSTALLED_APPS = ["rowpath.fast.drf", "dynaconf_merge_unique"]
