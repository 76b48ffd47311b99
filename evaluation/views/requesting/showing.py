"""What the one-page view of an RFP shows of its tables, its panel and its bidders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import DateTimeField, Value
from django.db.models.functions import Left
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import state_badge_html
from evaluation.findings import weights_say
from evaluation.library.shapes import MILESTONES
from evaluation.models import Addendum, Enquiry, Evaluator, Proposal, Rfp
from evaluation.panel import may_add
from evaluation.standing import cda_standings
from evaluation.views.requesting.tracing import traced
from strategy.rules.shapes import GROUPS
from strategy.sums.numbers import shown

S = Rfp.State
#: How much of what happened since the issue stands on the one-page view.
SHOWN = 10


def weighed(rfp: Any) -> dict[str, Any]:
    """Return the criteria by group with their weights, and what these add up to."""
    criteria = list(rfp.criteria.all())
    groups = []
    for code, label in GROUPS.items():
        own = [one for one in criteria if one.group == code]
        if own:
            rows = [{"row": one, "weight": f"{shown(one.weight, 3)} %"} for one in own]
            groups.append({"label": label, "rows": rows, "weight": f"{shown(sum(one.weight for one in own), 3)} %"})
    total = weights_say(criteria)
    return {"groups": groups, "total": total, "is_whole": total == "100 %", "rfp": rfp}


def counted(rfp: Any) -> dict[str, Any]:
    """Return in numbers what is asked, and what of it is traced."""
    requirements, questions = list(rfp.requirements.all()), list(rfp.questions.all())
    matrix = traced(requirements, questions, list(rfp.criteria.all()))
    kinds = Counter(one.envelope for one in questions)
    return {
        "rfp": rfp,
        "musts": sum(one.need == "must" for one in requirements),
        "requirements": len(requirements),
        "questions": len(questions),
        "mandatory": sum(one.mandatory for one in questions),
        "technical": kinds["technical"],
        "commercial": kinds["commercial"],
        "untraced": matrix.untraced,
        "idle": matrix.idle,
    }


def rows(rfp: Any, table: str) -> list[Any]:
    """Return the rows of a table for a tab; weights of scenarios as one entry a scenario."""
    if table == "weight_sets":
        sets: dict[str, list[Any]] = {}
        for row in rfp.weight_sets.all():
            sets.setdefault(row.scenario, []).append(row)
        return [
            {"scenario": name, "weights": ", ".join(f"{row.criterion} {shown(row.weight, 3)}" for row in own)}
            for name, own in sets.items()
        ]
    if table == "currency":
        return _money(rfp)
    return list(getattr(rfp, table).all())


def timetable(rfp: Any) -> dict[str, Any]:
    """Return the moments that everybody is held to, and apart from them the days that are merely planned.

    A planned day gives way to the field of the request that stands for it: beside it, it would mislead.
    """
    fixed = (
        ("issue", "Issued", rfp.issued_at),
        ("questions_until", "Questions until", rfp.questions_until),
        ("proposals_due", "Proposals until", rfp.closes_at),
    )
    settled = {MILESTONES[code] for code, _, moment in fixed if moment}
    if rfp.decision_by is not None:
        settled.add(MILESTONES["decision"])
    planned = [
        {"label": one.label, "on": one.on, "note": one.note}
        for one in rows(rfp, "timetable")
        if one.label not in settled
    ]
    if rfp.decision_by is not None:
        planned.append({"label": "Decision by", "on": rfp.decision_by, "note": "What bidders are told to expect."})
    return {
        "binding": [(label, moment) for _, label, moment in fixed if moment],
        "planned": sorted(planned, key=lambda one: one["on"]),
    }


def _money(rfp: Any) -> list[tuple[str, str]]:
    names = ("should_cost", "fte_rate", "audit_cost", "plant_day_cost", "oversight_systems")
    found = [("Base currency", rfp.currency)]
    if rfp.discount_rate is not None:
        found.append(("Discount rate", f"{shown(rfp.discount_rate, 3)} % a year"))
    for name in names:
        value = getattr(rfp, name)
        label = str(rfp._meta.get_field(name).verbose_name)
        found.append((label[:1].upper() + label[1:], fmt.amount(value, rfp.currency) if value is not None else ""))
    if rfp.oversight_fte is not None:
        found.append(("Our people for one CMO", f"{shown(rfp.oversight_fte, 2)} a year"))
    found.append(("Reserve for change orders", f"{shown(rfp.change_reserve, 3)} %"))
    return found


def hides(rfp: Any) -> bool:
    """Whether nobody here is to see who takes part, and how."""
    return bool(rfp.hides_participation and rfp.state in (*Rfp.BEFORE_ISSUE, S.ISSUED))


def bidders(rfp: Any, *, with_cda: bool = True) -> list[dict[str, Any]]:
    """Return who is invited: the CMO, the contact, the CDA's standing, and, where it is not hidden, what was done."""
    invited = list(rfp.proposals.all())
    asked = with_cda and invited
    covering = cda_standings((one.cmo_id, rfp.programme_id) for one in invited) if asked else {}
    secret = hides(rfp)
    return [
        {
            "proposal": one,
            "url": url_of(one),
            "cda": covering.get((one.cmo_id, rfp.programme_id)),
            "state": "" if secret else state_badge_html(one),
            "late": "" if secret or not one.late else one.get_late_display(),
            "submitted": None if secret else one.submitted_at,
        }
        for one in invited
    ]


def bidders_panel(rfp: Any, user: Any, *, whole: bool = False) -> Panel:
    found = bidders(rfp, with_cda=whole or rfp.state in Rfp.BEFORE_ISSUE)
    given = {"rfp": rfp, "rows": found, "hidden": hides(rfp), "whole": whole}
    body = render_to_string("evaluation/requesting/panels/bidders.html", given)
    label = "Manage" if may_add(Proposal, rfp, user) and rfp.state in (*Rfp.BEFORE_ISSUE, *Rfp.SEALED) else ""
    actions = [{"label": label, "url": reverse("evaluation:rfp_invitations", args=[rfp.pk])}] if label else []
    return Panel("Invited", body, side=not whole, actions=actions, key="bidders")


def seats_panel(rfp: Any, user: Any) -> Panel:
    seats = [
        {"seat": one, "url": url_of(one), "sections": ", ".join(str(GROUPS[code]) for code in one.sections)}
        for one in rfp.evaluators.all()
    ]
    body = render_to_string("evaluation/requesting/panels/seats.html", {"rows": seats})
    may = may_add(Evaluator, rfp, user) and rfp.state not in Rfp.OVER
    actions = [{"label": "Manage", "url": reverse("evaluation:rfp_panel", args=[rfp.pk])}] if may else []
    return Panel("Panel", body, side=True, actions=actions, key="panel")


def exchange_panels(rfp: Any, user: Any) -> Iterator[Panel]:
    """Yield what was asked by bidders and what changed since the issue."""
    asked = list(Enquiry.objects.visible_to(user).filter(rfp=rfp).defer("asked_by").order_by("-number")[:50])
    body = render_to_string("evaluation/requesting/panels/enquiries.html", {"rows": asked})
    where = f"{reverse('evaluation:enquiry_list')}?rfp={rfp.pk}"
    yield Panel("Questions of bidders", body, actions=[{"label": "All", "url": where}], key="enquiries")
    changes = list(Addendum.objects.visible_to(user).filter(rfp=rfp).order_by("-number", "-id")[:50])
    body = render_to_string("evaluation/requesting/panels/addenda.html", {"rows": changes})
    yield Panel("Addenda", body, actions=_write_addendum(rfp, user), key="addenda")


def since_issue_panel(rfp: Any, user: Any) -> Panel:
    """Return the latest questions of bidders and addenda together, read at once."""
    none = Value(None, output_field=DateTimeField())
    asked = (
        Enquiry.objects.visible_to(user)
        .filter(rfp=rfp)
        .order_by()
        .values_list(Value("enquiry"), "pk", "number", "state", Left("question", 90), "asked_at", none)
    )
    changed = (
        Addendum.objects.visible_to(user)
        .filter(rfp=rfp)
        .order_by()
        .values_list(Value("addendum"), "pk", "number", "state", Left("title", 90), "created_at", "closes_at")
    )
    found = sorted(asked.union(changed, all=True), key=lambda row: row[5], reverse=True)
    shown_rows = []
    for kind, pk, number, state, text, _, closes_at in found[:SHOWN]:
        one: Any = (Enquiry if kind == "enquiry" else Addendum)(pk=pk, number=number, state=state)
        name = "Question" if kind == "enquiry" else "Addendum"
        shown_rows.append(
            {
                "url": one.get_absolute_url(),
                "label": f"{name} {number}" if number else name,
                "text": text,
                "closes_at": closes_at,
                "state": state_badge_html(one),
            }
        )
    body = render_to_string("evaluation/requesting/panels/since.html", {"rows": shown_rows, "more": len(found) > SHOWN})
    return Panel("Since it was issued", body, side=True, actions=_write_addendum(rfp, user), key="since")


def _write_addendum(rfp: Any, user: Any) -> list[dict[str, Any]]:
    if rfp.state != S.ISSUED or not may_add(Addendum, rfp, user):
        return []
    return [{"label": "Write an addendum", "url": f"{reverse('evaluation:addendum_add')}?rfp={rfp.pk}"}]
