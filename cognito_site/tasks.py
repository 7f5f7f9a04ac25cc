"""The tasks of the project itself, for the workers that look for them here."""

from cognito_site.functions.broker import call

__all__ = ["call"]
