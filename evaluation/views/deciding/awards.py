"""Awards: the recommendation with all that it rests on, the committee's decision, and what is written to bidders."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.parts import Among, Table
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.templatetags.ui import clock
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow.signed import unsigned_roles
from evaluation.access import blind_to
from evaluation.actions.awards import Missing, what_an_award_lacks
from evaluation.forms.deciding import AwardForm
from evaluation.models import Award, Proposal, RelationshipAward, Winner
from evaluation.panel import may_add
from evaluation.report import Report, basis_shown
from evaluation.views.deciding.tables import TablePage
from strategy.sums.numbers import plain

S = Award.State


def winners_of(award: Any) -> str:
    """Name who receives the work, with shares where it is split."""
    rows = list(award.winners.all())
    if len(rows) == 1:
        return str(rows[0].cmo)
    return listed([f"{row.cmo} ({plain(row.share)} %)" for row in rows]) if rows else ""


def standstill(award: Award) -> Any:
    """The day on which the standstill ends, with how long is left."""
    if award.standstill_until is None:
        return ""
    if award.standstill_until < timezone.localdate():
        return format_html("{} (over)", fmt.time_tag(award.standstill_until))
    return format_html("{} {}", fmt.time_tag(award.standstill_until), clock(award.standstill_until))


def report(award: Award) -> Report:
    """The words of what an award rests on, put together once per page."""
    found = getattr(award, "_report", None)
    if found is None:
        found = award._report = Report(basis_shown(award))  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


class Awards(pages.Noun):
    """Recommendations and awards."""

    model = Award
    columns = (
        Column("award", "Award", kind="link", value=str),
        Column("programme", "Programme", value="programme.name"),
        Column("winners", "To", value=winners_of, wrap=True),
        Column("state", "State", kind="state"),
        Column("signed_at", "Signed", kind="datetime"),
        Column("standstill_until", "Standstill until", kind="date"),
    )
    sorts = {"programme": "programme__name", "state": "state", "signed_at": "signed_at"}
    sort = ""
    form = AwardForm
    add_title = "Begin an award"
    add_button = "Begin the award"
    step_template = "evaluation/deciding/step.html"
    list_sentence = "Who receives the work, why, and what spoke against it: signed by the committee."
    empty_sentence = (
        "An award is begun from an RFP in commercial evaluation, or for a single source with its justification."
    )
    detail_template = "evaluation/deciding/record.html"
    about = {
        "title": "About awards",
        "purpose": "The committee signs what it has seen: scores, costs, sensitivity, risks, due diligence and gaps are"
        " kept with the award as they stood. If anything changes before the last signature, nothing is awarded.",
        "checklist": [
            "What speaks against the choice is written down before it is proposed.",
            "The chosen bidder's appraisal is settled, and its due diligence complete or waived.",
            "Nobody who scored signs, nor does the RFP's owner.",
            "No contract is signed before the standstill is over.",
        ],
        "done": ["Executive, quality and finance have signed; every bidder has its letter and debrief."],
        "source": "Domain reference, section 3.2.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        winners = Prefetch("winners", Winner.objects.select_related("cmo"))
        return rows.select_related("programme", "rfp").prefetch_related(winners).defer("basis")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "rfp__programme", "rfp__owner")

    def found_note(self, record: Award) -> str:
        return f"Award, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def parent(self, record: Award) -> Any:
        return record.rfp or record.programme

    def sentence(self, record: Award, request: HttpRequest) -> str:
        who = winners_of(record)
        match record.state:
            case "signed":
                if missing := unsigned_roles(record):
                    roles = listed([role_label(role) for role in missing])
                    return f"It stands at “Awarded” without a valid signature of {roles}. Look into the trail."
                return f"The work goes to {who}."
            case "proposed":
                return f"{who} is recommended; the committee decides." if who else ""
            case "withdrawn":
                return "It was withdrawn and stays on record."
        return f"{who} is to be recommended." if who else "Nobody is chosen yet."

    def facts(self, record: Award, request: HttpRequest) -> list[Fact]:
        found: list[Fact] = [("Programme", record.programme, url_of(record.programme))]
        if record.rfp is not None:
            found.append(("RFP", record.rfp, record.rfp.get_absolute_url()))
        else:
            found.append(("RFP", "None: a single source", ""))
        found.append(("To", winners_of(record), ""))
        if record.signed_at:
            found.append(("Signed", fmt.day(timezone.localtime(record.signed_at).date()), ""))
            found.append(("Standstill until", standstill(record), ""))
        return found

    def stepper(self, record: Award) -> list[dict[str, Any]]:
        if record.state == S.WITHDRAWN:
            return [{"label": "Draft", "status": "done"}, {"label": "Withdrawn", "status": "now"}]
        over = record.standstill_until is not None and record.standstill_until < timezone.localdate()
        at = {S.DRAFT: 0, S.PROPOSED: 1, S.SIGNED: 4 if over else 3}[S(record.state)]
        labels = ["Draft", "With the committee", "Awarded", "Standstill"]
        steps: list[dict[str, Any]] = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]
        if record.signed_at:
            steps[2]["note"] = fmt.day(timezone.localtime(record.signed_at).date())
            steps[3]["note"] = f"until {fmt.day(record.standstill_until)}"
        return steps

    def links(self, record: Award, request: HttpRequest) -> list[dict[str, str]]:
        where = self.url(record.pk)
        links = [{"label": "Recommendation report", "url": f"{where}report.pdf", "icon": "file-earmark-text"}]
        if record.state == S.SIGNED and record.rfp_id:  # type: ignore[attr-defined]
            links.append({"label": "Letters", "url": f"{where}letters/", "icon": "award"})
        return links

    def tabs(self, record: Award, request: HttpRequest) -> list[tuple[str, str]]:
        if record.rfp_id is None:  # type: ignore[attr-defined]
            return []
        return [("costs", "Costs"), ("found", "What was found"), ("process", "How it was judged")]

    def panels(self, record: Award, request: HttpRequest) -> list[Panel]:
        user: Any = request.user
        words = "evaluation/deciding/words.html"
        edit = [{"label": "Write", "url": self.edit_url(record.pk)}] if self.may_edit(record, user) else []
        found = []
        if record.state == S.DRAFT:
            found.append(self._lacking(record))
        choose = (
            [{"label": "Choose", "url": reverse("evaluation:award_table", args=[record.pk, "winners"])}] if edit else []
        )
        rows = [
            {"row": row, "share": f"{plain(row.share)} %"}
            for row in record.winners.select_related("cmo").order_by("position", "id")  # type: ignore[attr-defined]
        ]
        found += [
            Panel("Who receives the work", render_to_string("evaluation/deciding/winners.html", {"rows": rows}),
                  actions=choose, key="winners"),
            Panel("Why this choice", render_to_string(words, {"text": record.recommendation, "empty": "Not written yet."}),
                  actions=edit, key="why"),
            Panel("What speaks against it", render_to_string(words, {"text": record.against, "empty": "Not written yet."}),
                  actions=edit, key="against"),
        ]  # fmt: skip
        if record.single_source or record.rfp is None:
            text = {"text": record.single_source, "empty": "Not written yet."}
            found.append(
                Panel("Single-source justification", render_to_string(words, text), actions=edit, key="single-source")
            )
        if record.rfp is not None:
            found.append(self._of_rfp(record, request, "ranking", "Ranking"))
            found.append(self._of_rfp(record, request, "sensitivity", "What would change it"))
        if record.state == S.SIGNED:
            links = RelationshipAward.objects.filter(award=record).select_related(
                "relationship__cmo", "relationship__programme"
            )
            body = render_to_string("evaluation/deciding/follows.html", {"links": links})
            found.append(Panel("What followed", body, side=True, key="follows"))
        return found

    def _lacking(self, record: Award) -> Panel:
        rows = [{"sentence": one.sentence, "url": where(one)} for one in what_an_award_lacks(record)]
        body = render_to_string("evaluation/deciding/lacking.html", {"rows": rows})
        return Panel("Before it goes to the committee", body, first=bool(rows), key="missing")

    def _of_rfp(self, record: Award, request: HttpRequest, name: str, title: str) -> Panel:
        if blind_to(request.user, record.rfp):
            text = {"text": "", "empty": "You see it once your own scores are handed in."}
            return Panel(title, render_to_string("evaluation/deciding/words.html", text), key=name)
        given = {"r": report(record), "rfp": record.rfp, "award": record}
        return Panel(title, render_to_string(f"evaluation/deciding/basis/{name}.html", given), key=name)

    def tab_panels(self, tab: str, record: Award, request: HttpRequest) -> list[Panel]:
        if tab == "costs":
            return [self._of_rfp(record, request, "costs", "Total cost of partnership")]
        if tab == "found":
            return [self._of_rfp(record, request, "found", "What was found about each bidder")]
        return [
            self._of_rfp(record, request, "process", "The process"),
            self._of_rfp(record, request, "panel", "The panel and its declarations"),
            self._of_rfp(record, request, "criteria", "Criteria and weights"),
            self._of_rfp(record, request, "hashes", "Hashes of what was handed in"),
        ]

    def before_step(self, record: Award, verb: str) -> str:
        if verb not in ("sign", "propose"):
            return ""
        rows = [
            {"row": row, "share": f"{plain(row.share)} %"}
            for row in record.winners.select_related("cmo").order_by("position", "id")  # type: ignore[attr-defined]
        ]
        given = {"award": record, "r": report(record), "rfp": record.rfp, "rows": rows, "where": self.url(record.pk)}
        return render_to_string("evaluation/deciding/to_be_signed.html", given)

    def consequences(self, record: Award, verb: str) -> list[str]:
        match verb:
            case "propose":
                return ["Executive, quality and finance are asked to sign. What it rests on is kept as it stands now."]
            case "sign":
                said = ["Once all three have signed, the relationship is selected."]
                if record.rfp is not None:
                    said.append("Every bidder is written to, with how its own proposal was judged.")
                    said.append(f"No contract is signed for {record.rfp.standstill_days} days.")
                return said
        return []

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        return []


def where(one: Missing) -> str:
    """Where what is missing is mended."""
    about = one.about
    if about is None:
        return ""
    if isinstance(about, Award):
        if one.place == "winners":
            return reverse("evaluation:award_table", args=[about.pk, "winners"])
        return reverse("evaluation:award_edit", args=[about.pk])
    if one.place == "costs":
        return reverse("evaluation:costs", args=[about.pk])
    return url_of(about)


class AwardTable(TablePage):
    """Who receives the work."""

    asked = {
        "winners": {
            "heading": "Who receives the work", "row_word": "CMO",
            "help": "One CMO with 100 percent, or several whose shares add up to 100.",
        }
    }  # fmt: skip

    def besides(self, record: Any, name: str) -> dict[str, Any]:
        if record.rfp is None:
            rows = CMO.objects.visible_to(self.user)
            return {"fields": {"cmo": lambda: ByName(pick="cmo", names=("legal_name",), queryset=rows, whole=True)}}
        running = record.rfp.proposals.filter(state__in=Proposal.IN_THE_RUNNING).select_related("cmo")
        cmos = [one.cmo for one in running.order_by("cmo__legal_name")]
        return {"fields": {"cmo": lambda: Among(records=cmos, label="CMO")}}

    def beside(self, record: Any, made: Table) -> dict[str, Any]:
        return {}


def may_begin(rfp: Any, user: Any) -> bool:
    """Whether this person may begin the award of an RFP."""
    return (
        rfp.state == rfp.State.COMMERCIAL
        and may_add(Award, rfp, user)
        and not Award.objects.visible_to(user).filter(rfp=rfp).exclude(state=S.WITHDRAWN).exists()
    )


__all__ = ["AwardTable", "Awards", "may_begin", "report", "standstill", "winners_of"]
