"""What a server with an event loop serves."""

import os

from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "rowpath.lab.apps.django.settings"

application = get_asgi_application()
