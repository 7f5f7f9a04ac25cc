"""Below ``/api/``."""

from django.urls import path

from userpools.api.messages import Messages

urlpatterns = [path("pools/<str:pool_id>/messages", Messages.as_view())]
