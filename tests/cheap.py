"""What costs time by design, made cheap."""

from cognito_site import hashers


class Argon2id(hashers.Argon2id):
    memory_cost = 8
    time_cost = 1
