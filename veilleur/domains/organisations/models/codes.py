"""What several tables of organisations share."""

from enum import StrEnum

from django.db import models


def known_codes(field: str, codes: type[StrEnum], name: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of these codes."""
    condition = models.Q((f"{field}__in", [code.value for code in codes]))
    return models.CheckConstraint(condition=condition, name=name)
