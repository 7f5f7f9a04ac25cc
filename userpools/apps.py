from importlib import import_module

from django.apps import AppConfig


class UserPoolsConfig(AppConfig):
    name = "userpools"
    verbose_name = "User pools"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("userpools.operations")
        # The domain names its tasks; every process that sends one must know it.
        import_module("userpools.tasks")
        import_module("userpools.admin")
        import_module("userpools.demo")
