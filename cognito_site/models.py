"""What the project itself keeps."""

from __future__ import annotations

from django.db import models


class Function(models.Model):
    """Where the ARN of a function leads. ``settings`` as ``functions.targets.made_of`` takes them; the secret ones are
    in ``secrets``, JSON sealed with ``function:<arn>``."""

    arn = models.CharField(primary_key=True, max_length=400)
    settings = models.JSONField()
    secrets = models.BinaryField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["arn"]

    def __str__(self) -> str:
        return self.arn
