from django.apps import AppConfig


class IdentityPoolsConfig(AppConfig):
    name = "identitypools"
    verbose_name = "Identity pools"
    default_auto_field = "django.db.models.BigAutoField"
