"""Our own REST API of user pools, an extension: JSON over HTTP below ``/api/``, by Django REST framework.

Who asks has an access key, and a policy that allows the action (``cognito_site.wire.rest``). A view translates, as an
operation of AWS's API does; rules are in ``domain``, and only this package spells the members of the answers.
"""
