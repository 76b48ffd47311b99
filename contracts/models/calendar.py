from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.parts import Part
from contracts.terms.periods import Calendar
from strategy.models.limits import between


class HolidayCalendar(Record):
    """The holidays by which a contract counts business days, and the years for which they are known."""

    record_class = RecordClass.BUSINESS
    may_create = ("legal", "sourcing", "quality")
    may_edit = ("legal", "sourcing", "quality")
    route = "holiday-calendars"

    name = models.CharField(max_length=100, unique=True, help_text="Such as “Hesse” or “London banking days”.")
    first_year = models.PositiveSmallIntegerField("known from year", validators=between(1990, 2100, "year"))
    last_year = models.PositiveSmallIntegerField("known to year", validators=between(1990, 2100, "year"))

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_year__gte=F("first_year")),
                name="a_calendar_ends_after_it_begins",
                violation_error_message="The last year must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contracts:holiday_calendar", args=[self.pk])

    @property
    def counted(self) -> Calendar:
        """The calendar as the sums take it."""
        days = frozenset(self.holidays.values_list("on", flat=True))  # type: ignore[attr-defined]
        return Calendar(self.name, days, years=(self.first_year, self.last_year))


class Holiday(Part):
    """A day on which nobody works."""

    of = "calendar"
    columns = ("on", "name")
    named_by = ("on",)
    most = 1000

    calendar = models.ForeignKey(HolidayCalendar, on_delete=models.PROTECT, related_name="holidays")
    on = models.DateField("day")
    name = models.CharField(max_length=100, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "on"],
                deferrable=Deferrable.DEFERRED,
                name="each_holiday_once",
                violation_error_message="This day stands here twice.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors = {
            f"{place}.on": f"The calendar says that it knows {record.first_year} to {record.last_year}."
            for place, row in enumerate(rows)
            if not record.first_year <= row.on.year <= record.last_year
        }
        if errors:
            raise ValidationError(errors)
