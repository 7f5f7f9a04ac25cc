from django.apps import AppConfig


class UserPoolsConfig(AppConfig):
    name = "userpools"
    verbose_name = "User pools"
    default_auto_field = "django.db.models.BigAutoField"
