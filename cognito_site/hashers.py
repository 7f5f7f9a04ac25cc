"""How passwords are hashed: Argon2id at OWASP's smallest recommended size, so that two cores can serve sign-ins."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: ~25 ms where Django's default takes ~160. Hashes carry their own parameters."""

    memory_cost = 19456
    time_cost = 2
    parallelism = 1
