"""Pages of the scoring policy: weights, standings on one scale, cadence per tier."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import svg
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.revising import RevisePage
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from operations import drawing, reading
from operations.actions import definitions as actions
from operations.filters import PolicyFilters
from operations.forms import PolicyForm
from operations.models import Category, Review, ScoringPolicy
from operations.review_card import tone_of
from operations.review_run import bands_of
from operations.views.base import OperationsNoun

S = ScoringPolicy.State
TIERS = {"1": "Tier 1", "2": "Tier 2", "3": "Tier 3", "none": "Without a tier"}


def weights_words(policy: ScoringPolicy) -> str:
    labels = dict(Category.choices)
    return ", ".join(f"{labels[code]} {policy.category_weights.get(code, 0)}" for code in Category.values)


COLUMNS = (
    Column("number", "Version", kind="link", value=lambda row: f"Version {row.number}"),
    Column("state", "State", kind="state"),
    Column("category_weights", "Weights", value=weights_words),
    Column(
        "least_coverage",
        "Least coverage",
        kind="html",
        value=lambda row: f"{reading.short_number(row.least_coverage)} %",
    ),
    Column("in_force_from", "In force from", kind="datetime"),
)


class Policies(OperationsNoun):
    """Versions of the scoring policy."""

    model = ScoringPolicy
    columns = COLUMNS
    sorts = {"number": "number"}
    sort = "-number"
    filters = PolicyFilters
    form = PolicyForm
    detail_template = "operations/record.html"
    list_sentence = "How KPIs are summed up to a standing, and how often a relationship is reviewed."
    about = {
        "title": "About scoring policies",
        "purpose": "The policy says how much each category weighs, where each standing begins, and how often"
        " relationships of each tier are reviewed. A review keeps the version it was scored by.",
        "checklist": [
            "The weights total 100.",
            "Every score from 0 to 100 has exactly one standing.",
            "A new version reaches the running period and those after it, never what has ended.",
        ],
        "done": ["Quality has approved the version; whoever wrote it has not."],
    }

    def may_add(self, user: Any) -> bool:
        """The first version is made here; every later one by revising the one before."""
        return super().may_add(user) and not ScoringPolicy.objects.exists()

    def title(self, record: ScoringPolicy) -> str:
        return f"Scoring policy, version {record.number}"

    def sentence(self, record: ScoringPolicy, request: HttpRequest) -> str:
        used = Review.objects.filter(policy=record).count()
        counted = f"{reading.counted(used, 'review was', 'reviews were')} scored by it."
        match record.state:
            case "in_force":
                since = f" since {fmt.day(record.in_force_from.date())}" if record.in_force_from else ""
                return f"In force{since}. {counted}"
            case "draft":
                return "A draft: reviews do not use it until quality has approved it."
        return f"Out of force. {counted}"

    def facts(self, record: ScoringPolicy, request: HttpRequest) -> list[Fact]:
        return [
            ("Least coverage", f"{reading.short_number(record.least_coverage)} % of the weight", ""),
            ("A review opens", f"{reading.counted(record.grace_days, 'day')} after its period", ""),
            (
                "At a low standing",
                "Reviewed more often" if record.cadence_follows_standing else "Reviewed as often",
                "",
            ),
        ]

    def panels(self, record: ScoringPolicy, request: HttpRequest) -> list[Panel]:
        bands = bands_of(record).bands
        strips = [(band.label, band.low, band.high, tone_of(record, band.code)) for band in bands]
        rows = [
            {
                "label": band.label,
                "tone": tone_of(record, band.code),
                "from": reading.short_number(band.low),
                "to": reading.short_number(band.high),
                "top": not place,
            }
            for place, band in enumerate(bands)
        ]
        cadences = dict(Review._meta.get_field("cadence").flatchoices)
        standings = render_to_string(
            "operations/panels/bands.html",
            {
                "scale": drawing.band_scale(strips, labels=True),
                "rows": rows,
                "least": f"{reading.short_number(record.least_coverage)} %",
            },
        )
        labels = dict(Category.choices)
        weights = svg.bar(
            [(labels[code], Decimal(str(record.category_weights.get(code, 0)))) for code in Category.values],
            title="Weight of each category",
            highest=100,
        )
        tiers = [
            (label, cadences.get(record.cadence_by_tier.get(code, ""), "Not set")) for code, label in TIERS.items()
        ]
        return [
            Panel("Standings", standings, key="standings"),
            Panel("Weights", weights, key="weights"),
            Panel(
                "How often",
                render_to_string("operations/panels/cadences.html", {"tiers": tiers, "policy": record}),
                side=True,
                key="cadences",
            ),
        ]

    def links(self, record: ScoringPolicy, request: HttpRequest) -> list[dict[str, str]]:
        if record.state == S.IN_FORCE and edits.may_create(ScoringPolicy, request.user):  # type: ignore[arg-type]
            return [{"label": "Revise", "url": f"{self.url(record.pk)}revise/", "icon": "pencil"}]
        return []

    def consequences(self, record: ScoringPolicy, verb: str) -> list[str]:
        if verb != "approve_policy":
            return []
        return ["Reviews that are scored already keep the policy they were scored by."]


class RevisePolicy(RevisePage):
    """Start the next version of the scoring policy."""

    sentence = (
        "Version {record.number} stays in force until quality approves the next one, which begins as a copy of it."
    )
    done = "Version {made.number} is a draft now. Change what is to be better, then ask quality to approve it."
    refused = "Your roles do not let you revise the scoring policy."
    goes_on = True

    def start(self, record: Any, **inputs: Any) -> ScoringPolicy:
        return actions.revise_policy(record, actor=self.user)

    def title(self, record: Any) -> str:
        return "Revise the scoring policy"


__all__ = ["Policies", "RevisePolicy"]
