"""What the server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")

application = get_wsgi_application()

# Tasks may touch every app, so only now.
from cognito_site import background  # noqa: E402

background.start()
