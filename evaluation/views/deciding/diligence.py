"""Due diligence: the board of an RFP, and each stream with what is known of the bidder's sites beside it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.models import Certificate, Inspection, Qualification, Site
from evaluation.forms.deciding import DiligenceForm
from evaluation.models import Diligence, Proposal
from evaluation.views.deciding.reading import RfpPage
from evaluation.views.places import places

D = Diligence
CONCLUSIONS = {"good": "good", "conditions": "watch", "against": "bad", "": "none"}
#: What is looked into in each stream, for whoever begins with it.
LOOKS = {
    "technical": "Platform, scale, equipment and free capacity in the years of the demand, seen on site.",
    "quality_audit": "An audit of the quality system by our auditors, its observations and how they are answered.",
    "regulatory": "Inspections of the last five years with their observations, answers, warning letters and import alerts.",
    "financial": "Accounts of three years, owners, debt, dependence on few customers, and plans to sell.",
    "ehs": "Permits, incidents, waste and emissions, and how people are kept safe.",
    "supply_chain": "Suppliers of what it buys for us, sole sources, and what it passes on to subcontractors.",
    "it": "Computerised systems and their validation, data integrity, and protection against attacks.",
    "continuity": "What happens after a fire, a flood or an attack; a second line or site; insurance.",
    "references": "Two customers with similar work, spoken to without the bidder.",
    "tech_transfer": "Whether phases, gates and people of the plan hold, and what went wrong in earlier transfers.",
}


class DiligenceBoard(RfpPage):
    """All streams of all bidders."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.rfp(pk)
        rows = Diligence.objects.visible_to(self.user).filter(rfp=rfp, proposal__state__in=Proposal.IN_THE_RUNNING)
        found: dict[tuple[str, Any], Any] = {}
        bidders: dict[Any, Any] = {}
        for one in rows.select_related("proposal__cmo").order_by("proposal__cmo__legal_name", "proposal", "id"):
            found[one.stream, one.proposal_id] = one
            bidders[one.proposal_id] = one.proposal
        streams = [
            {
                "label": label,
                "cells": [_cell(found.get((value, key))) for key in bidders],
            }
            for value, label in D.Stream.choices
        ]
        done = sum(1 for one in found.values() if one.state in D.DONE)
        context = {
            "title": "Due diligence",
            "tabs": places(rfp, "diligence"),
            "sentence": f"{done} of {len(found)} streams are complete or waived."
            if found
            else "Due diligence begins when the technical envelopes are opened.",
            "crumbs": self.crumbs(rfp),
            "rfp": rfp,
            "bidders": [
                {
                    "proposal": one,
                    "done": sum(1 for (_, key), cell in found.items() if key == pk_ and cell.state in D.DONE),
                    "of": sum(1 for _, key in found if key == pk_),
                }
                for pk_, one in bidders.items()
            ],
            "streams": streams,
        }
        return self.shown("evaluation/deciding/board.html", context)


def _cell(one: Any) -> dict[str, Any]:
    if one is None:
        return {}
    concluded = one.state == D.State.COMPLETE and one.conclusion
    return {
        "stream": one,
        "label": one.get_conclusion_display() if concluded else one.get_state_display(),
        "tone": CONCLUSIONS[one.conclusion] if concluded else D.State(one.state).tone,
        "note": one.conditions if one.conclusion == D.Conclusion.CONDITIONS else "",
    }


class Streams(pages.Noun):
    """Streams of the due diligence."""

    model = Diligence
    columns = (
        Column("stream", "Stream", kind="link", value="get_stream_display"),
        Column("cmo", "Bidder", value="proposal.cmo"),
        Column("rfp", "RFP", value="rfp.reference"),
        Column("state", "State", kind="state"),
        Column(
            "conclusion", "Conclusion", kind="badge", value="get_conclusion_display",
            tone=lambda row: CONCLUSIONS[row.conclusion],
        ),
    )  # fmt: skip
    sorts = {"stream": "stream", "cmo": "proposal__cmo__legal_name", "rfp": "rfp__reference", "state": "state"}
    sort = "rfp"
    form = DiligenceForm
    list_sentence = "What was looked into before anybody is chosen: ten streams for each bidder."
    empty_sentence = "The streams are laid out for every proposal as its technical envelope is opened."
    detail_template = "evaluation/deciding/record.html"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("proposal__cmo", "rfp")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("proposal__cmo", "proposal__candidate__site", "rfp__programme")

    def title(self, record: Diligence) -> str:
        return f"{record.get_stream_display()}: {record.proposal.cmo}"  # type: ignore[attr-defined]

    def crumbs(self, record: Diligence | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        above = super().crumbs(None)
        board = reverse("evaluation:diligence_board", args=[record.rfp_id])  # type: ignore[attr-defined]
        return [*above, (str(record.rfp), record.rfp.get_absolute_url()), ("Due diligence", board)]

    def sentence(self, record: Diligence, request: HttpRequest) -> str:
        return LOOKS[record.stream]

    def facts(self, record: Diligence, request: HttpRequest) -> list[Fact]:
        return [
            ("Bidder", record.proposal.cmo, f"/cmos/{record.proposal.cmo_id}/"),
            ("RFP", record.rfp, record.rfp.get_absolute_url()),
            ("Conclusion", record.get_conclusion_display() if record.conclusion else "", ""),  # type: ignore[attr-defined]
        ]

    def panels(self, record: Diligence, request: HttpRequest) -> list[Panel]:
        edit = [{"label": "Write", "url": self.edit_url(record.pk)}] if self.may_edit(record, request.user) else []  # type: ignore[arg-type]
        words = "evaluation/deciding/words.html"
        found = [
            Panel("What was found", render_to_string(words, {"text": record.findings, "empty": "Nothing is written yet."}),
                  actions=edit, key="findings"),
        ]  # fmt: skip
        if record.conditions or record.conclusion == D.Conclusion.CONDITIONS:
            found.append(
                Panel("Conditions", render_to_string(words, {"text": record.conditions, "empty": "None written."}), key="conditions")
            )  # fmt: skip
        if record.stream in (D.Stream.REGULATORY, D.Stream.QUALITY_AUDIT):
            found.append(_known(record))
        return found

    def consequences(self, record: Diligence, verb: str) -> list[str]:
        if verb == "waive":
            return ["Nobody looks into it. The committee sees that it was waived, by whom and why."]
        return []


def sites_of(proposal: Any) -> list[Any]:
    """Return the sites that a bidder would work from: the candidate's own, else all of the CMO."""
    candidate = proposal.candidate
    if candidate is not None and candidate.site is not None:
        return [candidate.site]
    return list(Site.objects.filter(cmo=proposal.cmo_id).order_by("name", "id"))


def _known(record: Diligence) -> Panel:
    """What the base knows of the bidder's sites, beside what was found."""
    sites = sites_of(record.proposal)
    keys = [one.pk for one in sites]
    inspections: dict[Any, list[Any]] = {}
    certificates: dict[Any, list[Any]] = {}
    qualified: dict[Any, list[Any]] = {}
    for row in Inspection.objects.filter(site__in=keys).order_by("-started_on", "id"):
        inspections.setdefault(row.site_id, []).append(row)
    for row in Certificate.objects.filter(site__in=keys).order_by("expires_on", "id"):
        certificates.setdefault(row.site_id, []).append(row)
    for row in Qualification.objects.filter(site__in=keys).order_by("service", "id"):
        qualified.setdefault(row.site_id, []).append(row)
    shown = [
        {
            "site": one,
            "url": reverse("partners:site", args=[one.pk]),
            "inspections": inspections.get(one.pk, []),
            "certificates": certificates.get(one.pk, []),
            "qualifications": qualified.get(one.pk, []),
        }
        for one in sites
    ]
    body = render_to_string("evaluation/deciding/known.html", {"sites": shown})
    return Panel("What we know of its sites", body, side=True, key="known")
