"""What people said in their first week that no fact could show."""

from typing import ClassVar

from django.db import models

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.rules.first_week import Saying
from veilleur.shared.models import TenantModel


class FirstWeekSaying(TenantModel):
    """Something said by somebody, by pseudonym. Taken back, the row goes; the journal keeps both."""

    saying = models.CharField(max_length=20)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "saying"], name="first_week_saying_once"),
            known_codes("saying", Saying, "first_week_saying_known"),
        ]

    def __str__(self) -> str:
        return f"{self.saying}, {self.said_at}"
