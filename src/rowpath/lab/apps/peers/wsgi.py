"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "rowpath.lab.apps.peers.settings"

application = get_wsgi_application()
