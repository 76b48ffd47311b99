"""What people are asked for about authority and holidays."""

from __future__ import annotations

from django import forms

from cmo_lifecycle.doors.pages.forms import RecordForm
from contracts.models import Delegation, HolidayCalendar


class DelegationForm(RecordForm):
    """The head of a version of the delegation of authority."""

    class Meta:
        model = Delegation
        fields = ["currency", "split_days"]


class HolidayCalendarForm(RecordForm):
    """A holiday calendar."""

    class Meta:
        model = HolidayCalendar
        fields = ["name", "first_year", "last_year"]


class WhyForm(forms.Form):
    """Why there is a next version."""

    why = forms.CharField(
        label="Why there is a next version", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
