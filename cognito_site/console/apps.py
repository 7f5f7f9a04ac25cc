from importlib import import_module

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "cognito_site.console"
    label = "console"
    verbose_name = "Console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for noun in ("operators", "roles", "functions"):
            import_module(f"cognito_site.console.{noun}")
