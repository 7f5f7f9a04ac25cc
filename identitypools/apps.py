from importlib import import_module

from django.apps import AppConfig


class IdentityPoolsConfig(AppConfig):
    name = "identitypools"
    verbose_name = "Identity pools"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("identitypools.operations")
        import_module("identitypools.admin")
        import_module("identitypools.welcome")
