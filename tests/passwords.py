"""How tests hash passwords."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The product's own hasher at a thousandth of its cost: tests hash thousands of passwords."""

    time_cost = 1
    memory_cost = 64  # KiB
    parallelism = 1
