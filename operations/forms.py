"""What people are asked for in operations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.models import Relationship, Site
from operations import policies
from operations.models import Category, Delivery, KpiDefinition, Review, ScoringPolicy
from operations.policies import STANDINGS


class DeliveryForm(RecordForm):
    """One delivery line, entered by hand."""

    relationship = ByName(
        pick="relationship",
        names=("cmo__legal_name", "programme__name"),
        label="Relationship",
        help_text="Begin to type the CMO's name, then choose.",
    )
    site = ByName(
        pick="site",
        names=("name", "cmo__legal_name"),
        label="Site",
        required=False,
        help_text="Where the line was made.",
    )

    sections = [
        ("What", ["item", "relationship", "site"]),
        ("When", ["ordered_on", "scheduled_on", "delivered_on", "recorded_on"]),
        ("How much", ["quantity_ordered", "quantity_delivered", "quantity_accepted", "unit", "value", "currency"]),
        ("How", ["country", "transport_mode", "incoterm", "weight_kg", "freight_cost"]),
        ("Where it is known", ["order_ref", "external_id", "source_system"]),
    ]
    prefills = {"relationship": Relationship, "site": Site}

    class Meta:
        model = Delivery
        fields = [
            "relationship",
            "site",
            "item",
            "order_ref",
            "external_id",
            "source_system",
            "country",
            "transport_mode",
            "incoterm",
            "ordered_on",
            "scheduled_on",
            "delivered_on",
            "recorded_on",
            "quantity_ordered",
            "quantity_delivered",
            "quantity_accepted",
            "unit",
            "value",
            "currency",
            "weight_kg",
            "freight_cost",
        ]
        help_texts = {
            "quantity_accepted": "Leave empty what was not supplied: empty is not zero.",
            "currency": "Three letters, such as USD or EUR.",
            "external_id": "The line's own number in the system it comes from.",
        }

    def narrow(self, user: User) -> None:
        for name, model in (("relationship", Relationship), ("site", Site)):
            self.fields[name].queryset = model.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].strip().upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError("Give the currency as three letters, such as USD or EUR.")
        return code


class ReviewForm(RecordForm):
    """What the numbers of a review do not say."""

    class Meta:
        model = Review
        fields = ["comment"]


class DefinitionForm(RecordForm):
    """One version of a KPI, while it is a draft."""

    sections = [
        (
            "What it is",
            ["name", "code", "category", "formula", "formula_words", "numerator_words", "denominator_words"],
        ),
        ("How it is judged", ["unit", "decimals", "direction", "target", "red_line", "weight"]),
        (
            "What counts",
            ["date_basis", "grace_days", "early_days", "quantity_tolerance", "minimum_sample", "missing_data"],
        ),
        ("Why", ["why"]),
    ]

    class Meta:
        model = KpiDefinition
        fields = [
            "name",
            "code",
            "category",
            "formula",
            "formula_words",
            "numerator_words",
            "denominator_words",
            "unit",
            "decimals",
            "direction",
            "target",
            "red_line",
            "weight",
            "date_basis",
            "grace_days",
            "early_days",
            "quantity_tolerance",
            "minimum_sample",
            "missing_data",
            "why",
        ]
        help_texts = {
            "code": "A short name for programs; it stays the same in all versions.",
            "target": "Empty only where the KPI is reported and not scored.",
            "red_line": "The value at which the KPI gives no points any more.",
            "why": "What is better in this version; whoever approves it reads this.",
        }

    def narrow(self, user: User) -> None:
        if self.instance.number > 1:
            # The code is what joins the versions of one KPI.
            self.fields.pop("code")


class ReviseForm(forms.Form):
    """Why a next version is started."""

    why = forms.CharField(
        label="Why a new version",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands with the version for as long as it exists.",
    )


class PolicyForm(RecordForm):
    """One version of the scoring policy, while it is a draft."""

    sections = [
        ("Weight of each category, 100 in all", [f"weight_{code}" for code in Category.values]),
        ("Where each standing begins", [f"from_{code}" for code in STANDINGS[:-1]]),
        (
            "How often a relationship is reviewed",
            ["cadence_1", "cadence_2", "cadence_3", "cadence_none", "cadence_follows_standing"],
        ),
        ("When there is enough to judge", ["least_coverage", "grace_days"]),
    ]

    #: The first control behind each of the policy's fields, where its errors stand.
    ASKED_AT = {
        "category_weights": f"weight_{Category.values[0]}",
        "bands": f"from_{STANDINGS[0]}",
        "cadence_by_tier": "cadence_1",
    }

    class Meta:
        model = ScoringPolicy
        fields = ["least_coverage", "grace_days", "cadence_follows_standing"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = self.instance
        for code, label in Category.choices:
            self.fields[f"weight_{code}"] = forms.DecimalField(
                label=label,
                min_value=0,
                max_value=100,
                decimal_places=3,
                initial=policy.category_weights.get(code, 0),
            )
        begins = {band["standing"]: band["from"] for band in policy.bands}
        for code, label in Review.Standing.choices:
            if code in STANDINGS[:-1]:
                self.fields[f"from_{code}"] = forms.DecimalField(
                    label=f"{label} from",
                    min_value=0,
                    max_value=100,
                    decimal_places=2,
                    initial=begins.get(code),
                    help_text=f"{Review.Standing.PROBATION.label} is everything below." if code == "watch" else "",
                )
        for tier in ("1", "2", "3", "none"):
            self.fields[f"cadence_{tier}"] = forms.ChoiceField(
                label="Without a tier" if tier == "none" else f"Tier {tier}",
                choices=Relationship.Cadence.choices,
                initial=policy.cadence_by_tier.get(tier),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for name, sentences in policies.problems(ScoringPolicy(**self.values())).items():
                self.add_error(self.ASKED_AT[name], sentences)
        return cleaned

    def values(self) -> dict[str, Any]:
        found = super().values()
        own = self.cleaned_data
        found["category_weights"] = {code: _plain(own[f"weight_{code}"]) for code in Category.values}
        labels = dict(Review.Standing.choices)
        found["bands"] = [
            {
                "standing": code,
                "label": labels[code],
                "from": f"{own[f'from_{code}'].normalize():f}" if code != STANDINGS[-1] else "0",
                "tone": Review.STANDING_TONES[code],
            }
            for code in STANDINGS
        ]
        found["cadence_by_tier"] = {tier: own[f"cadence_{tier}"] for tier in ("1", "2", "3", "none")}
        return found


def _plain(number: Decimal) -> int | str:
    """A weight as JSON keeps it exactly: whole numbers as numbers, others as text."""
    return int(number) if number == number.to_integral_value() else f"{number.normalize():f}"
