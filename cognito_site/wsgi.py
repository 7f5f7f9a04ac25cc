"""What the server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")

_django = get_wsgi_application()

# These need the settings, and tasks may touch every app: only now.
from django.conf import settings  # noqa: E402

from cognito_site import background, memory, proxies  # noqa: E402

application = proxies.behind(_django, settings.POOLHOUSE.trusted_proxies, settings.POOLHOUSE.scheme)
background.start()
memory.keep_small()
