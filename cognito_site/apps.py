from importlib import import_module

from django.apps import AppConfig

from cognito_site.celery import app as celery_app


class CognitoSiteConfig(AppConfig):
    name = "cognito_site"
    celery_app = celery_app

    def ready(self) -> None:
        import_module("cognito_site.operations.managed_keys")
