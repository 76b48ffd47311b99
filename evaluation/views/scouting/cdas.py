"""Pages of confidentiality agreements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import ends, table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from evaluation.filters import CdaFilters
from evaluation.forms.scouting import CdaForm
from evaluation.models import Candidate, Cda, Proposal
from evaluation.standing import CdaStanding

S = Cda.State


class Cdas(pages.Noun):
    """Confidentiality agreements."""

    model = Cda
    columns = (
        Column("cmo", "CMO", kind="link", value="cmo.legal_name", note="number"),
        Column("programme", "For", value=lambda row: row.programme.name if row.programme else "All programmes"),
        Column("state", "State", kind="state"),
        Column("signed_on", "Signed", kind="date"),
        Column("expires_on", "Ends", kind="html", value=lambda row: _end(row)),
        Column("secret_until", "Secrets kept until", kind="date", default=False),
        Column("mutual", "Binds", value=lambda row: "both sides" if row.mutual else "the CMO", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {"cmo": "cmo__legal_name", "state": "state", "signed_on": "signed_on", "expires_on": "expires_on"}
    sort = "cmo"
    filters = CdaFilters
    form = CdaForm
    find_in = ("number", "cmo__legal_name")
    find_exact = ("external_id",)
    plain = {"expires_on": lambda row: row.expires_on}
    list_sentence = "Without one in force nobody receives an RFP. It is agreed before anything of ours is told."
    empty_sentence = "Agree on confidentiality with the first candidate of the long list."
    about = {
        "title": "About CDAs",
        "purpose": "A confidential disclosure agreement lets us tell a CMO what the molecule is and what the process"
        " needs. An RFP goes to nobody without one, and the duty to keep secrets outlives it.",
        "checklist": [
            "Both sides have signed, and the signed paper is attached.",
            "It covers the programme at hand, or all of them.",
            "The day on which it ends lies after the decision on the award.",
        ],
        "done": ["It is in force, and the short list says so beside the CMO."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [{"label": "Ending soon", "url": f"{self.list_url}?standing=ending&sort=expires_on"}]

    def found_note(self, record: Cda) -> str:
        return f"CDA, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def title(self, record: Cda) -> str:
        return str(record)

    def sentence(self, record: Cda, request: HttpRequest) -> str:
        covers = f"for {record.programme}" if record.programme else "for all programmes"
        today = timezone.localdate()
        match record.state:
            case S.DRAFT:
                return f"A draft {covers}: send it, then record that both sides have signed."
            case S.SENT:
                return f"Sent for signature, {covers}. Attach the signed paper, then put it in force."
            case S.IN_FORCE if record.is_live(today):
                until = f"until {fmt.day(record.expires_on)}" if record.expires_on else "without an end"
                return f"In force {covers}, {until}."
            case S.IN_FORCE:
                return f"It does not cover today ({covers}): have a new one signed before anything more is told."
        return f"It was {'ended' if record.state == S.TERMINATED else 'given up'}; nothing is told under it any more."

    def stepper(self, record: Cda) -> list[dict[str, Any]]:
        if record.state == S.ABANDONED:
            return [{"label": "Draft", "status": "done"}, {"label": "Given up", "status": "now"}]
        at = {S.DRAFT: 0, S.SENT: 1, S.IN_FORCE: 2, S.TERMINATED: 3}[S(record.state)]
        labels = ("Draft", "Sent for signature", "In force", "Terminated" if at == 3 else "Ended")
        steps: list[dict[str, Any]] = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]
        if record.signed_on:
            steps[2]["note"] = fmt.day(record.signed_on)
        if record.expires_on and at < 3:
            steps[3]["note"] = fmt.day(record.expires_on)
        return steps

    def facts(self, record: Cda, request: HttpRequest) -> list[Fact]:
        programme = record.programme
        return [
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Covers", programme or "All programmes", pages.url_of(programme) if programme else ""),
            ("Number", record.number, ""),
            ("Binds", "Both sides" if record.mutual else "The CMO alone", ""),
            ("Signed by both", fmt.time_tag(record.signed_on) if record.signed_on else "", ""),
            ("Ends", _end(record), ""),
            ("Secrets are kept until", fmt.time_tag(record.secret_until) if record.secret_until else "", ""),
        ]

    def panels(self, record: Cda, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        if record.purpose:
            yield Panel("What for", words(record.purpose), key="purpose")
        rows = Candidate.objects.visible_to(user).filter(cmo=record.cmo_id).select_related("programme", "cmo")
        if record.programme_id:
            rows = rows.filter(programme=record.programme_id)
        yield Panel(
            "Candidacies that it covers",
            table(
                (
                    Column("programme", "Programme", kind="link", value="programme.name"),
                    Column("state", "Stage", kind="state"),
                ),
                list(rows[:50]),
                "Candidacies",
                "This CMO is a candidate of no programme that you see.",
            ),
            key="candidates",
        )
        invited = Proposal.objects.visible_to(user).filter(cmo=record.cmo_id).select_related("rfp")
        if record.programme_id:
            invited = invited.filter(rfp__programme=record.programme_id)
        yield Panel(
            "RFPs it was invited to",
            table(
                (
                    Column("rfp", "RFP", kind="link", value="rfp", url=lambda row: pages.url_of(row.rfp)),
                    Column("rfp_state", "State", kind="html", value=lambda row: _state(row.rfp)),
                ),
                list(invited.order_by("-rfp__reference")[:50]),
                "RFPs",
                "None of those that you see.",
            ),
            key="rfps",
        )

    def consequences(self, record: Cda, verb: str) -> list[str]:
        match verb:
            case "put_in_force":
                return [
                    f"{record.cmo} may be told what {record.programme or 'our programmes'} needs.",
                    "It may be put on the short list and receive an RFP.",
                ]
            case "terminate":
                return ["No RFP is issued to this CMO under it any more; those that run are not stopped."]
        return []


def _state(rfp: Any) -> Any:
    from cmo_lifecycle.doors.rows import state_badge_html

    return state_badge_html(rfp)


def _end(row: Cda) -> Any:
    if row.state != S.IN_FORCE:
        return fmt.time_tag(row.expires_on) if row.expires_on else "–"
    standing = CdaStanding(row, timezone.localdate())
    if row.expires_on is None:
        return "No end"
    return ends(row.expires_on) if standing.ends_soon or not standing.is_live else fmt.time_tag(row.expires_on)
