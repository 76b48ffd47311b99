"""What people are asked for about obligations, events that start clocks, and sums on typed terms."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.forms import colleagues
from contracts.models import Agreement, AgreementEvent, Duty, Obligation, Provision, Term

BOUND = (*Agreement.SIGNED, *Agreement.OVER)


class ObligationForm(RecordForm):
    """Something that is owed and that no duty of the agreement writes down by itself."""

    prefills = {"agreement": Agreement}

    class Meta:
        model = Obligation
        fields = ["agreement", "title", "side", "owner", "due_on", "topic", "evidence_asked"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        if "agreement" in fields:
            fields["agreement"].queryset = Agreement.objects.visible_to(user).filter(state__in=BOUND)
        fields["owner"].queryset = colleagues()
        if self.instance.duty is not None:
            # The agreement says it; what it says is not written over.
            for name in ("agreement", "title", "side", "due_on", "topic"):
                fields.pop(name, None)


def clock_choices(agreements: Any) -> list[tuple[str, Any]]:
    """Return what events can start, grouped by agreement: the codes of terms, and the keys of duties."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    duties = Duty.objects.filter(agreement__in=agreements, rule=Duty.Rule.ON_EVENT).select_related("agreement")
    for row in duties.order_by("agreement__reference", "position"):
        found[row.agreement.reference][str(row.key)] = row.text
    for term in Term.objects.filter(agreement__in=agreements, kind="clock").select_related("agreement"):
        found[term.agreement.reference][term.code] = term.label
    added = Provision.objects.filter(agreement__parent__in=agreements, kind="clock").select_related("agreement__parent")
    for one in added:
        base = one.agreement.parent
        if base is not None and one.path:
            found[base.reference].setdefault(one.path, one.label or one.path)
    return [(name, sorted(rows.items(), key=lambda row: row[1])) for name, rows in sorted(found.items())]


class AgreementEventForm(RecordForm):
    """An event, with the moment at which it happened where it happened."""

    prefills = {"agreement": Agreement}

    clock = forms.ChoiceField(
        label="Which clock it starts", widget=PlainSelect,
        help_text="Terms of the agreement that are clocks, and duties that an event starts.",
    )  # fmt: skip
    happened_at = forms.DateTimeField(
        label="When it happened, there", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="By the clocks of the place. Hours run from this very minute.",
    )  # fmt: skip
    zone = forms.CharField(
        label="Time zone of the place", max_length=60, help_text="Such as Europe/Zurich, America/New_York or UTC."
    )

    class Meta:
        model = AgreementEvent
        fields = ["agreement", "clock", "what", "happened_at", "zone", "side", "owner"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        agreements = Agreement.objects.visible_to(user).filter(state__in=BOUND)
        one = self.given.get("agreement") or (self.instance.agreement if self.instance.agreement_id else None)
        if "agreement" in fields:
            fields["agreement"].queryset = agreements
        rows = agreements.filter(pk=one.pk) if one is not None else agreements
        groups = clock_choices(rows.order_by().values("pk"))
        fields["clock"].choices = [
            ("", "Choose one"), *(groups[0][1] if one is not None and groups else groups)
        ]  # fmt: skip
        fields["owner"].queryset = colleagues()
        fields["side"].help_text = "Leave open: as the duty says, else the CMO."
        if not self.instance._state.adding:
            self.initial["happened_at"] = self.instance.happened_at.astimezone(ZoneInfo(self.instance.zone))
        else:
            self.initial.setdefault("zone", user.time_zone or "UTC")

    def clean(self) -> dict[str, Any]:
        """Read the moment by the clocks of the place, not by those of whoever records it."""
        said: dict[str, Any] = super().clean() or {}
        moment, zone = said.get("happened_at"), said.get("zone")
        if zone and zone not in available_timezones():
            self.add_error("zone", "Give the name of a time zone, such as Europe/Zurich or UTC.")
        elif moment is not None and zone:
            if moment.year < AgreementEvent.FIRST_YEAR:
                # Before that no zone can reckon with it; the record says so at the field.
                return said
            plain = timezone.make_naive(moment) if timezone.is_aware(moment) else moment
            there = plain.replace(tzinfo=ZoneInfo(zone))
            if there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != plain:
                self.add_error(
                    "happened_at", "The clocks of this place never showed this time: they went forward over it."
                )
            said["happened_at"] = there
        return said


# --- what terms come to -------------------------------------------------------------------


class _Amount(forms.DecimalField):
    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        options.setdefault("max_digits", 18)
        options.setdefault("decimal_places", 4)
        super().__init__(label=label, **options)


class TierForm(forms.Form):
    """What a quantity costs."""

    quantity = forms.IntegerField(label="Quantity", min_value=1, max_value=10**9)


class VolumeForm(forms.Form):
    """What falling short of a minimum costs."""

    taken = _Amount("Taken or ordered")
    price = _Amount("Price of each one")
    currency = forms.RegexField(
        r"(?i)^[a-z]{3}$", label="Currency", error_messages={"invalid": "Three letters, such as EUR."}
    )
    percent = _Amount("Percent of the price that is due", max_value=Decimal(100), initial=100)


class LadderForm(forms.Form):
    """What giving up a slot costs."""

    days_before = forms.IntegerField(label="Days before the slot", min_value=0, max_value=100_000)
    price = _Amount("Price of the slot")
    currency = forms.RegexField(
        r"(?i)^[a-z]{3}$", label="Currency", error_messages={"invalid": "Three letters, such as EUR."}
    )
    resold = _Amount("Sold again for", required=False, initial=0)
    credit = _Amount("Percent of that which is credited", max_value=Decimal(100), initial=100)


class ZoneForm(forms.Form):
    """What a forecast binds us to."""

    forecast = forms.CharField(
        label="Forecast by month", max_length=1000,
        help_text="Quantities from month 1 on, with semicolons between them, such as 4; 4; 5; 6; 6; 6.",
    )  # fmt: skip


class IndexForm(forms.Form):
    """What a price is after its index has moved."""

    price = _Amount("Price before")
    currency = forms.RegexField(
        r"(?i)^[a-z]{3}$", label="Currency", error_messages={"invalid": "Three letters, such as EUR."}
    )
    changes = forms.CharField(
        label="Changes of the index, in percent", max_length=500,
        help_text="One for each period, with semicolons between them, such as 2.4; -0.5; 3.",
    )  # fmt: skip


SUM_FORMS: dict[str, type[forms.Form]] = {
    "tier": TierForm, "volume": VolumeForm, "ladder": LadderForm, "zone": ZoneForm, "index": IndexForm,
}  # fmt: skip
