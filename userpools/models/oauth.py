"""Stand-ins for four tables that django-oauth-toolkit insists on naming and Poolhouse does not have: tokens are JWTs
whose life is in ``TokenFamily``. Unmanaged: whatever touched one would fail loudly, not keep a second truth."""

from __future__ import annotations

from django.db import models


class DotAccessToken(models.Model):
    class Meta:
        managed = False


class DotRefreshToken(models.Model):
    class Meta:
        managed = False


class DotIDToken(models.Model):
    class Meta:
        managed = False


class DotDeviceGrant(models.Model):
    class Meta:
        managed = False
