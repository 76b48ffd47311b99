"""The KPI dictionary: what each KPI means, in which versions, and how often it was used."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.history import field_label, readable
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.revising import RevisePage
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from operations import reading
from operations.actions import definitions as actions
from operations.filters import DefinitionFilters
from operations.forms import DefinitionForm, ReviseForm
from operations.models import Category, KpiDefinition, KpiObservation
from operations.review_card import rules_of
from operations.views.base import OperationsNoun

S = KpiDefinition.State
#: Formulas that are one number over another.
QUOTIENTS = (*reading.SHARES, KpiDefinition.Formula.MEAN_DAYS_LATE)


def target_of(definition: KpiDefinition) -> str:
    return reading.target_words(definition.direction, definition.target, definition.unit)


def red_line_of(definition: KpiDefinition) -> str:
    return reading.red_line_words(definition.direction, definition.red_line, definition.unit)


COLUMNS = (
    Column("name", "KPI", kind="link", note="code"),
    Column("number", "Version", kind="number"),
    Column("category", "Category", value="get_category_display"),
    Column("target", "Target", kind="html", value=target_of),
    Column("red_line", "Red line", kind="html", value=red_line_of),
    Column(
        "weight", "Weight", kind="html", value=lambda row: reading.short_number(row.weight) if row.is_scored else "–"
    ),
    Column("state", "State", kind="state"),
    Column("in_force_from", "In force from", kind="datetime"),
    Column("formula", "Formula", value="get_formula_display", default=False),
    Column("unit", "Unit", default=False),
)


class Definitions(OperationsNoun):
    """Versions of KPI definitions."""

    model = KpiDefinition
    route = "kpis"
    columns = COLUMNS
    sorts = {"name": "name", "number": "number", "category": "category", "in_force_from": "in_force_from"}
    sort = "name"
    filters = DefinitionFilters
    form = DefinitionForm
    list_sentence = "Every version of every KPI, also those that are out of force."
    find_in = ("name", "code")
    detail_template = "operations/record.html"
    about = {
        "title": "About the KPI dictionary",
        "purpose": "A number is only worth talking about when both sides know how it is counted. Each KPI has one"
        " definition in force; a review keeps the version it was counted by, for ever.",
        "checklist": [
            "A change of target, window or formula is a new version with its reason, never an edit.",
            "Prefer KPIs that tell good from bad: one that is always green measures the wrong thing.",
            "Quality approves a version; whoever wrote it does not.",
        ],
        "done": ["Formula, numerator, denominator and policy for missing data can be read by the CMO without us."],
    }

    def found_note(self, record: KpiDefinition) -> str:
        return f"KPI, {record.get_state_display().lower()}"

    def title(self, record: KpiDefinition) -> str:
        return record.name

    def crumbs(self, record: KpiDefinition | None = None) -> list[tuple[str, str]]:
        return [("Operations", reverse("operations:home")), ("KPI dictionary", self.list_url)]

    def sentence(self, record: KpiDefinition, request: HttpRequest) -> str:
        version = f"Version {record.number}"
        since = f" since {fmt.day(record.in_force_from.date())}" if record.in_force_from else ""
        used = usage(record)
        counted = f" Used in {reading.counted(used, 'review')}." if used else " Not used in a review yet."
        match record.state:
            case "in_force":
                return f"{version}, in force{since}.{counted}"
            case "draft":
                return f"{version} is a draft: reviews do not use it until quality has approved it."
            case "superseded":
                return f"{version} has given way to a later version.{counted}"
        return f"{version}, retired: no further review uses it.{counted}"

    def facts(self, record: KpiDefinition, request: HttpRequest) -> list[Fact]:
        return [
            ("Category", record.get_category_display(), ""),
            ("Unit", record.unit, ""),
            ("Direction", record.get_direction_display(), ""),
            ("Target", target_of(record), ""),
            ("Red line", red_line_of(record), ""),
            ("Weight in its category", reading.short_number(record.weight) if record.is_scored else "Not scored", ""),
            ("Small sample below", reading.counted(record.minimum_sample, "line"), ""),
            ("Code", record.code, ""),
        ]

    def panels(self, record: KpiDefinition, request: HttpRequest) -> list[Panel]:
        versions = list(KpiDefinition.objects.filter(code=record.code).order_by("-number"))
        used = dict(
            KpiObservation.objects.filter(definition__in=[version.pk for version in versions])
            .values_list("definition")
            .annotate(Count("pk"))
        )
        other = _other(versions, record, request.GET.get("against", ""))
        body = render_to_string(
            "operations/panels/definition.html",
            {"definition": record, "rules": rules_of(record)[1:], "is_quotient": record.formula in QUOTIENTS},
        )
        rows = [
            {"record": version, "used": used.get(version.pk, 0), "shown": version.pk == record.pk}
            for version in versions
        ]
        listed = render_to_string(
            "operations/panels/versions.html",
            {"rows": rows, "other": other, "record": record, "many": len(versions) > 1},
            request,
        )
        panels = [Panel("How it is counted", body, key="how")]
        if other is not None:
            older, newer = sorted((other, record), key=lambda one: one.number)
            compared = render_to_string(
                "operations/panels/differences.html",
                {"older": older, "newer": newer, "differences": compare(older, newer)},
            )
            panels.append(Panel(f"Version {newer.number} against version {older.number}", compared, key="differences"))
        panels.append(Panel("Versions", listed, side=True, key="versions"))
        return panels

    def links(self, record: KpiDefinition, request: HttpRequest) -> list[dict[str, str]]:
        links = []
        explorer = registry_url("operations:kpi_explorer")
        if explorer and record.state == S.IN_FORCE:
            links.append({"label": "Explore", "url": f"{explorer}?kpi={record.code}", "icon": "graph-up"})
        if record.state in (S.IN_FORCE, S.SUPERSEDED) and edits.may_create(KpiDefinition, request.user):  # type: ignore[arg-type]
            links.append({"label": "Revise", "url": f"{self.url(record.pk)}revise/", "icon": "pencil"})
        return links

    def consequences(self, record: KpiDefinition, verb: str) -> list[str]:
        if verb == "approve_definition":
            earlier = KpiDefinition.objects.filter(code=record.code, state=S.IN_FORCE).first()
            kept = "Reviews that are scored already keep the version they were scored by."
            return [f"Version {earlier.number} gives way to it.", kept] if earlier else [kept]
        return []


def usage(definition: KpiDefinition) -> int:
    """Return in how many reviews this version was counted."""
    return KpiObservation.objects.filter(definition=definition).count()


def registry_url(name: str) -> str:
    from cmo_lifecycle.doors.context import url_if_there

    return url_if_there(name)


def _other(versions: list[KpiDefinition], record: KpiDefinition, asked: str) -> KpiDefinition | None:
    """Return the version to compare with: the one asked for, else the one before this, else none."""
    others = [version for version in versions if version.pk != record.pk]
    for version in others:
        if asked == str(version.number):
            return version
    return next((version for version in others if version.number < record.number), None)


COMPARED = (
    "name",
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
    "grace_days",
    "early_days",
    "quantity_tolerance",
    "date_basis",
    "minimum_sample",
    "missing_data",
    "why",
)


def compare(older: KpiDefinition, newer: KpiDefinition) -> list[reading.Difference]:
    """Return each field of two versions, those that differ first."""
    rows = reading.differences(
        (field_label(KpiDefinition, name), _readable(older, name), _readable(newer, name)) for name in COMPARED
    )
    return sorted(rows, key=lambda row: not row.changed)


def _readable(definition: KpiDefinition, name: str) -> Any:
    value = getattr(definition, name)
    return value if value is None or not isinstance(value, str) else readable(KpiDefinition, name, value)


class Dictionary(NounPage):
    """The KPIs in force, by category, and what waits to be approved."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.noun.rows(self.user)
        used = dict(KpiObservation.objects.values_list("definition").annotate(Count("pk")).order_by())
        in_force = list(rows.filter(state=S.IN_FORCE))
        groups = []
        for code, label in Category.choices:
            own = [definition for definition in in_force if definition.category == code]
            own.sort(key=lambda definition: (not definition.is_scored, -definition.weight, definition.name))
            inside = [entry(definition, used) for definition in own]
            if inside:
                groups.append({"label": label, "entries": inside})
        may_add = self.noun.may_add(self.user)
        return self.shown(
            "operations/dictionary.html",
            {
                "title": "KPI dictionary",
                "crumbs": [("Operations", reverse("operations:home"))],
                "sentence": f"{reading.counted(len(in_force), 'KPI')} in force."
                " Every review keeps the versions it was counted by.",
                "groups": groups,
                "drafts": [entry(one, used) for one in rows.filter(state=S.DRAFT).order_by("name", "-number")],
                "retired": rows.filter(state=S.RETIRED).count(),
                "versions_url": f"{self.noun.list_url}versions/",
                "actions": [{"label": "Add a KPI", "url": self.noun.add_url(), "primary": True}] if may_add else [],
            },
        )


def entry(definition: KpiDefinition, used: dict[Any, int]) -> dict[str, Any]:
    """Return one KPI as the dictionary lists it."""
    return {
        "record": definition,
        "url": definition.get_absolute_url(),
        "target": target_of(definition),
        "red_line": red_line_of(definition),
        "weight": reading.short_number(definition.weight) if definition.is_scored else "",
        "used": used.get(definition.pk, 0),
    }


class Revise(RevisePage):
    """Start the next version of a definition."""

    form = ReviseForm
    sentence = "Version {record.number} stays in force until quality approves the next one."
    done = "Version {made.number} is a draft now. Change what is to be better, then ask quality to approve it."
    refused = "Your roles do not let you revise a KPI definition."
    goes_on = True

    def start(self, record: Any, **inputs: Any) -> KpiDefinition:
        return actions.revise_definition(record, actor=self.user, **inputs)


__all__ = ["Definitions", "Dictionary", "Revise", "compare"]
