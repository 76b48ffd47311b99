"""Pages of candidates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column, state_badge_html
from cmo_lifecycle.workflow import edits
from evaluation.filters import CandidateFilters
from evaluation.forms.scouting import CandidateEditForm, CandidateForm
from evaluation.models import Candidate, Cda, Proposal, Rfp
from evaluation.standing import cda_standings, must_haves
from evaluation.views.scouting.must_haves import must_haves_url

S = Candidate.State


def enriched(rows: list[Any]) -> None:
    """Hang the CDA's standing and the must-haves on candidates, by one query each."""
    covering = cda_standings((row.cmo_id, row.programme_id) for row in rows)
    verdicts = must_haves(rows)
    for row in rows:
        row.cda = covering[row.cmo_id, row.programme_id]
        row.wanted = verdicts[row.pk]


class Candidates(pages.Noun):
    """CMOs on their way from the market scan to the short list."""

    model = Candidate
    columns = (
        Column("cmo", "CMO", kind="link", value="cmo.legal_name", note=lambda row: row.site and row.site.name),
        Column("programme", "Programme", value="programme.name"),
        Column("state", "Stage", kind="state"),
        Column("must_haves", "Must-haves", kind="html", value="wanted.badge"),
        Column("cda", "CDA", kind="html", value="cda.badge"),
        Column("channel", "How we came to it", value="get_channel_display"),
        Column("found_by", "Pointed to by", default=False, wrap=True),
        Column("external_id", "External id", default=False),
    )
    sorts = {"cmo": "cmo__legal_name", "programme": "programme__name", "state": "state", "channel": "channel"}
    sort = "cmo"
    filters = CandidateFilters
    form = CandidateForm
    detail_template = "evaluation/scouting/candidate.html"
    edit_form = CandidateEditForm
    find_in = ("cmo__legal_name",)
    find_exact = ("external_id",)
    plain = {"must_haves": lambda row: row.wanted.words, "cda": lambda row: row.cda.words}
    list_sentence = "Who could do the work, how far each has come, and what took the others out."
    empty_sentence = "Search the market for a programme: what is found goes onto its long list."
    about = {
        "title": "About candidates",
        "purpose": "A long list drawn from the whole market, narrowed by what cannot be done without, is what makes the"
        " later choice defensible. Each candidate keeps how we came to it: lists grow from acquaintance.",
        "checklist": [
            "Each must-have has a verdict, and what shows it.",
            "A CDA is in force before anything of ours is told.",
            "Whoever is knocked out stays visible with the reason.",
        ],
        "done": ["The short list holds three to six CMOs that could all do the work."],
        "source": "Applebaum 2006, practice 2.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "cmo", "site")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "cmo", "site")

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        enriched(rows)

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        where = request.GET.get("programme", "")
        tail = f"?programme={where}" if where else ""
        return [
            {"label": "Long list by programme", "url": f"{reverse('evaluation:long_list')}{tail}"},
            {"label": "Search the market", "url": f"{reverse('evaluation:scan')}{tail}"},
        ]

    def found_note(self, record: Candidate) -> str:
        return f"Candidate, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def crumbs(self, record: Candidate | None = None) -> list[tuple[str, str]]:
        if record is None:
            return []
        long_list = f"{reverse('evaluation:long_list')}?programme={record.programme_id}"
        return [(self.heading, self.list_url), (record.programme.name, long_list)]

    def sentence(self, record: Candidate, request: HttpRequest) -> str:
        self._standing(record)
        wanted, cda = record.wanted, record.cda  # type: ignore[attr-defined]
        match record.state:
            case S.KNOCKED_OUT:
                failed = "; ".join(row.requirement for row in wanted.failed)
                return f"Knocked out: it fails “{failed}”." if failed else "Knocked out."
            case S.DROPPED:
                return "Not pursued any further; the history says why."
            case S.SHORT_LISTED:
                return f"On the short list: it may be invited to propose. {cda.words}."
        if wanted.failed:
            return f"It fails “{wanted.failed[0].requirement}”: knock it out, or correct the verdict."
        left = []
        if wanted.open:
            left.append(f"{wanted.open} must-have{'s' if wanted.open > 1 else ''} to find out about")
        if not cda.is_live:
            left.append("a CDA to be put in force")
        if not left:
            return "Everything is known and a CDA is in force: it can go on the short list."
        return f"Before the short list: {' and '.join(left)}."

    def _standing(self, record: Any) -> None:
        if not hasattr(record, "wanted"):
            enriched([record])

    def stepper(self, record: Candidate) -> list[dict[str, Any]]:
        labels = ["Found in the scan", "Long list", "Short list"]
        if record.state in (S.KNOCKED_OUT, S.DROPPED):
            end = str(S(record.state).label)
            return [{"label": labels[0], "status": "done"}, {"label": end, "status": "now"}]
        at = [S.SCANNED, S.LONG_LISTED, S.SHORT_LISTED].index(S(record.state))
        return [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]

    def facts(self, record: Candidate, request: HttpRequest) -> list[Fact]:
        self._standing(record)
        one: Any = record
        cda = one.cda
        return [
            ("Programme", record.programme, pages.url_of(record.programme)),
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Site", record.site or "", pages.url_of(record.site) if record.site else ""),
            ("How we came to it", one.get_channel_display(), ""),
            ("Pointed to by", record.found_by, ""),
            ("CDA", cda.badge, pages.url_of(cda.cda) if cda.cda else ""),
        ]

    def links(self, record: Candidate, request: HttpRequest) -> list[dict[str, str]]:
        user: Any = request.user
        self._standing(record)
        found = []
        if not record.cda.is_live and edits.may_create(Cda, user):  # type: ignore[attr-defined]
            where = f"{reverse('evaluation:cda_add')}?cmo={record.cmo_id}&programme={record.programme_id}"
            found.append({"label": "Start a CDA", "url": where})
        return found

    def panels(self, record: Candidate, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        self._standing(record)
        rows = list(record.must_haves.select_related("consequence").order_by("position", "id"))  # type: ignore[attr-defined]
        writes = edits.may_edit(record, user)
        body = render_to_string("evaluation/scouting/must_haves.html", {"rows": rows, "writes": writes})
        actions = [{"label": "Write", "url": must_haves_url(record), "primary": True}] if writes else []
        yield Panel("Must-haves", body, actions=actions, key="must-haves")
        if record.notes:
            yield Panel("Notes", words(record.notes), key="notes")
        invited = Proposal.objects.visible_to(user).filter(candidate=record).select_related("rfp")
        yield Panel(
            "Invited to",
            table(
                (
                    Column("rfp", "RFP", kind="link", url=lambda row: pages.url_of(row.rfp)),
                    Column("state", "State", kind="html", value=lambda row: state_badge_html(row.rfp)),
                ),
                list(invited),
                "Invitations",
                "No RFP has gone to it for this programme.",
            ),
            actions=self._invite(record, user),
            key="invited",
        )

    def _invite(self, record: Candidate, user: Any) -> list[dict[str, str]]:
        """The requests of the programme that it could still be invited to."""
        listed: dict[str, tuple[str, ...]] = {Rfp.Kind.RFI: (S.LONG_LISTED, S.SHORT_LISTED)}
        open_ = Rfp.objects.visible_to(user).filter(
            programme=record.programme_id, state__in=(*Rfp.BEFORE_ISSUE, Rfp.State.ISSUED)
        )
        add = f"{reverse('evaluation:proposal_add')}?candidate={record.pk}&rfp="
        return [
            {"label": f"Invite to {one.reference}", "url": f"{add}{one.pk}"}
            for one in open_.exclude(proposals__cmo=record.cmo_id).order_by("-reference")[:3]
            if record.state in listed.get(one.kind, (S.SHORT_LISTED,)) and edits.may_create(Proposal, user)
        ]

    def consequences(self, record: Candidate, verb: str) -> list[str]:
        match verb:
            case "short_list":
                return ["It may be invited to RFPs of this programme.", "Its must-haves are not written on any more."]
            case "knock_out":
                return ["It stays on the long list's page as knocked out, with what it fails."]
            case "look_again":
                return ["Its must-haves can be written on again."]
        return []
