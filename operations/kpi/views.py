"""The page of the KPI explorer, and its file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.rest import exports
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations import reading, schedule
from operations.kpi import explorer
from operations.kpi.explorer import Question
from operations.kpi.formulas import SHARES
from operations.kpi.groups import GROUPS, NARROWING
from operations.kpi.values import KpiValue
from operations.kpi_math import quantise
from operations.models import Delivery, KpiDefinition

SHOWN = 200
#: More bars than this are no picture any more.
MOST_BARS = 30


class ExplorerForm(forms.Form):
    """What the page asks; the service checks the same values again, as it does for every door."""

    kpi = forms.ChoiceField(label="KPI")
    group_by = forms.ChoiceField(label="Group by", choices=[(group.code, group.label) for group in GROUPS.values()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = KpiDefinition.objects.filter(state=KpiDefinition.State.IN_FORCE).order_by("category", "name")
        self.fields["kpi"].choices = list(in_force.values_list("code", "name"))  # type: ignore[attr-defined]
        # The names of the address; `from` is no name that a class body could give.
        for name, label in (("from", "From"), ("to", "To")):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            )


def _asked(request: HttpRequest) -> dict[str, str]:
    """The parameters of the address; what is missing gets what people most often look at."""
    asked = {name: request.GET[name] for name in request.GET if name in explorer.PARAMETERS}
    if not request.GET:
        today = schedule.local_day(timezone.now())
        asked = {
            "kpi": "on_time_delivery",
            "group_by": "cmo",
            "from": (today - timedelta(days=364)).isoformat(),
            "to": today.isoformat(),
        }
    return asked


class Explorer(pages.SignedIn):
    """Any KPI over any span, by any group, each value with the lines behind it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = _asked(request)
        form = ExplorerForm(asked)
        page: dict[str, Any] = {
            "title": "KPI explorer",
            "sentence": "Any KPI over any span, by any group. Every value opens to the lines it was made of.",
            "form": form,
            "kept": [(code, asked[code]) for code in (*NARROWING, "version", "as_of") if code in asked],
        }
        try:
            found = explorer.question(asked)
            _, offset = explorer.page_of(request.GET)
        except InvalidInput as refusal:
            form.is_valid()
            for name, sentences in refusal.errors.items():
                where = name if name in form.fields else None
                if where is None or where not in form.errors:
                    form.add_error(where, sentences)
            return self.shown("operations/kpi_explorer.html", page, status=400)
        values = found.values(self.user, SHOWN + 1, offset)
        shown = values[:SHOWN]
        page |= {
            "definition": found.definition,
            "sentence": _sentence(found),
            "group_label": GROUPS[found.group_by].label,
            "rows": [_row(found, value) for value in shown],
            "chart": _chart(found, shown),
            "narrowed": self._narrowed(found, asked),
            "file_url": f"{reverse('operations:kpi_explorer_csv')}?{urlencode(found.parameters())}",
            "more_url": f"?{urlencode({**asked, 'offset': offset + SHOWN})}" if len(values) > SHOWN else "",
        }
        return self.shown("operations/kpi_explorer.html", page)

    def _narrowed(self, found: Question, asked: dict[str, str]) -> list[dict[str, str]]:
        """What the lines are narrowed to, each with the address without it."""
        chips = []
        for code, key in found.narrowed.items():
            group = GROUPS[code]
            rows = Delivery.objects.visible_to(self.user).filter(**group.where(key)).order_by()
            name = rows.annotate(shown=group.text).values_list("shown", flat=True).first() if key else None
            rest = {name: text for name, text in asked.items() if name != code}
            label = group.shown(key, name) if key is None or name or not group.is_uuid else "unknown"
            chips.append({"label": f"{group.label}: {label}", "url": f"?{urlencode(rest)}"})
        return chips


class ExplorerFile(pages.SignedIn):
    """The same values as a CSV file, all groups."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        try:
            found = explorer.question(_asked(request))
        except InvalidInput as refusal:
            return HttpResponseBadRequest(str(refusal), content_type="text/plain; charset=utf-8")
        return exports.answer("kpi-values", "csv", explorer.COLUMNS, explorer.table(found, found.values(self.user)))


def _sentence(found: Question) -> str:
    group = GROUPS[found.group_by]
    by = "" if group.code == "none" else f" by {group.label if group.label == 'CMO' else group.label.lower()}"
    if found.start and found.end:
        span = f"{fmt.day(found.start)} to {fmt.day(found.end)}"
    elif found.start:
        span = f"from {fmt.day(found.start)}"
    elif found.end:
        span = f"until {fmt.day(found.end)}"
    else:
        span = "all time"
    return f"{found.definition.name}{by}, {span}, as of {fmt.day(found.as_of)}."


def _row(found: Question, value: KpiValue) -> dict[str, Any]:
    definition = found.definition
    lines = reverse("operations:delivery_list")

    def address(part: str) -> str:
        return f"{lines}?{urlencode({'behind': found.behind(value, part)})}"

    missed = 0
    if definition.formula in SHARES and value.denominator and value.numerator is not None:
        missed = int(value.denominator - value.numerator)
    return {
        "label": value.label,
        "value": reading.kpi_shown(value.value, definition.decimals, definition.unit, value.currency),
        "state": str(value.state),
        "words": value.words,
        "counted": reading.counted_words(definition.formula, str(value.state), value.numerator, value.denominator),
        "coverage": reading.coverage_words(value.coverage),
        "small": value.small_sample,
        "lines": int(value.denominator or 0),
        "lines_url": address("denominator"),
        "missed": missed,
        "missed_url": address("missed"),
        "left_out_url": address("left_out") if value.coverage is not None and value.coverage < 100 else "",
    }


def _drawn(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else quantise(value, places)


def _chart(found: Question, values: list[KpiValue]) -> dict[str, Any] | None:
    """What the picture shows: a line over time, bars otherwise; nothing where it would say nothing."""
    definition, group = found.definition, GROUPS[found.group_by]
    known = [value.value for value in values if value.value is not None]
    units = {explorer.unit_of(definition, value) for value in values if value.value is not None}
    if len(known) < 2 or len(units) != 1:
        return None
    picture = {
        "title": f"{definition.name} by {group.label}",
        "unit": units.pop(),
        "points": [(value.label, _drawn(value.value, definition.decimals)) for value in values],
        "target": definition.target,
        "red_line": definition.red_line,
    }
    if group.is_time:
        return picture | {"kind": "line"}
    if len(values) > MOST_BARS or min(known) < 0:
        return None
    return picture | {"kind": "bar", "highest": 100 if definition.formula in SHARES else None}
