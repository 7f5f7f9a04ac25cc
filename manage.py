#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from cognito_site.environment import ConfigurationError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as wrong:
        sys.exit(str(wrong))
