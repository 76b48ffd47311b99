"""Who is invited to an RFP, by which links they come in, and who sits on its panel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages import NounPage, noun_of
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.workflow.refusals import Refusal
from cmo_lifecycle.workflow.transitions import transitions_of
from evaluation.actions.links import make_link, revoke_links
from evaluation.models import AccessLink, Candidate, Evaluator, Proposal, Rfp
from evaluation.panel import may_add, takes_part
from evaluation.standing import cda_standings
from evaluation.views.requesting.showing import bidders, hides
from strategy.rules.shapes import GROUPS

C = Candidate.State
#: A link that has not gone out by then is told to be late.
LATE = timedelta(minutes=10)


class RfpSubPage(NounPage):
    """A page below an RFP."""

    def crumbs(self, rfp: Any) -> list[tuple[str, str]]:
        return [*self.noun.crumbs(rfp), (str(rfp), self.noun.url(rfp.pk))]


class InvitationsPage(RfpSubPage):
    """Who is invited, with contact, CDA and link; who could be."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self.record(pk))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.record(pk)
        proposal = next((one for one in rfp.proposals.all() if str(one.pk) == request.POST.get("proposal", "")), None)
        if proposal is None:
            if not self.user.has_role("sourcing"):
                raise PermissionDenied("Sourcing sends links to bidders.")
            return self._page(rfp, problems=["Choose one of the invitations of this RFP."], status=400)
        try:
            if request.POST.get("do") == "revoke":
                ended = revoke_links(proposal, actor=self.user, source="page")
                said = f"The link of {proposal.cmo} has ended." if ended else f"{proposal.cmo} had no link."
                messages.success(request, said)
                return redirect(request.path)
            link = make_link(proposal, actor=self.user, source="page")
        except Refusal as refusal:
            return self._page(rfp, problems=refusal.sentences, status=refusal.status)
        # To nobody here: whoever has it reads the draft and acts for the bidder.
        messages.success(request, f"A link is on its way to {link.contact.name}. One sent before has ended.")
        return redirect(request.path)

    def _page(self, rfp: Any, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        rows = bidders(rfp)
        secret = hides(rfp)
        now = timezone.now()
        links = {
            one.proposal_id: one
            for one in AccessLink.objects.filter(
                proposal__in=[row["proposal"].pk for row in rows], revoked_at__isnull=True, expires_at__gt=now
            ).order_by("made_at")
        }
        pages = noun_of(Proposal)
        waits = (
            rfp.state in (*Rfp.BEFORE_ISSUE, *Rfp.SEALED) and rfp.closes_at is not None and takes_part(rfp, self.user)
        )
        sends = waits and rfp.state in Rfp.SEALED and self.user.has_role("sourcing")
        for row in rows:
            link = links.get(row["proposal"].pk)
            row["link"] = link
            row["used"] = link is not None and not secret and link.last_used_at
            row["unsent"] = link is not None and link.sent_at is None and link.made_at < now - LATE
            row["may_link"] = sends and row["proposal"].contact_id is not None
            row["write_to_url"] = (
                pages.step_url(row["proposal"].pk, "write_to")
                if pages is not None and waits and self.user.has_role(*transitions_of(Proposal)["write_to"].roles)
                else ""
            )
        return self.shown(
            "evaluation/requesting/invitations.html",
            {
                "title": "Invitations",
                "sentence": self._sentence(rfp, rows),
                "crumbs": self.crumbs(rfp),
                "rfp": rfp,
                "rows": rows,
                "hidden": secret,
                "problems": problems or [],
                "has_errors": bool(problems),
                "candidates": self._invitable(rfp),
                "long_list_url": f"{reverse('evaluation:long_list')}?programme={rfp.programme_id}",
            },
            status,
        )

    def _sentence(self, rfp: Any, rows: list[Any]) -> str:
        many = f"{len(rows)} CMO{'s are' if len(rows) != 1 else ' is'} invited."
        if rfp.state in Rfp.BEFORE_ISSUE:
            return f"{many} They are written to when it is issued." if rows else "Nobody is invited yet."
        if rfp.state == Rfp.State.ISSUED:
            return f"{many} Proposals are taken until {fmt.moment(rfp.closes_at)}."
        return many

    def _invitable(self, rfp: Any) -> list[dict[str, Any]]:
        """Candidates of the right list who are not invited yet."""
        if not may_add(Proposal, rfp, self.user) or rfp.state not in (*Rfp.BEFORE_ISSUE, Rfp.State.ISSUED):
            return []
        listed = (C.SHORT_LISTED, C.LONG_LISTED) if rfp.kind == Rfp.Kind.RFI else (C.SHORT_LISTED,)
        rows = list(
            Candidate.objects.visible_to(self.user)
            .filter(programme=rfp.programme_id, state__in=listed)
            .exclude(cmo__in=[one.cmo_id for one in rfp.proposals.all()])
            .select_related("cmo", "programme")
            .order_by("cmo__legal_name", "id")
        )
        covering = cda_standings((one.cmo_id, rfp.programme_id) for one in rows) if rows else {}
        pages = noun_of(Proposal)
        return [
            {
                "candidate": one,
                "url": url_of(one),
                "cda": covering[one.cmo_id, rfp.programme_id],
                "invite_url": f"{pages.add_url()}?rfp={rfp.pk}&candidate={one.pk}" if pages is not None else "",
            }
            for one in rows
        ]


class PanelPage(RfpSubPage):
    """Who judges the proposals: their sections, and whether they have declared."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rfp = self.record(pk)
        pages = noun_of(Evaluator)
        may = may_add(Evaluator, rfp, self.user) and rfp.state not in Rfp.OVER
        gone = (Evaluator.State.CONFLICTED, Evaluator.State.RELEASED)
        rows: list[dict[str, Any]] = []
        for seat in rfp.evaluators.all():
            own = seat.person_id == self.user.pk and seat.state == Evaluator.State.ASKED
            rows.append(
                {
                    "seat": seat,
                    "url": url_of(seat),
                    "sections": [str(GROUPS[code]) for code in seat.sections],
                    "declare": pages.step_url(seat.pk, "declare_none") if own and pages else "",
                    "conflict": pages.step_url(seat.pk, "declare_conflict") if own and pages else "",
                    "edit": pages.edit_url(seat.pk) if may and pages and pages.may_edit(seat, self.user) else "",
                }
            )
        alive = [one for one in rfp.evaluators.all() if one.state not in gone]
        groups = {one.group for one in rfp.criteria.all() if one.rule not in one.COMPUTED}
        short = [
            f"“{label}” is scored by {count}; {rfp.least_evaluators} are asked for."
            for code, label in GROUPS.items()
            if code in groups and (count := sum(code in one.sections for one in alive)) < rfp.least_evaluators
        ]
        waiting = sum(one.state == Evaluator.State.ASKED for one in alive)
        if not alive:
            sentence = "Nobody is named yet."
        elif waiting:
            sentence = f"{len(alive)} on the panel; {waiting} ha{'s' if waiting == 1 else 've'} not declared yet."
        else:
            sentence = f"{len(alive)} on the panel, all cleared of conflicts."
        return self.shown(
            "evaluation/requesting/panel.html",
            {
                "title": "Panel",
                "sentence": sentence,
                "crumbs": self.crumbs(rfp),
                "rfp": rfp,
                "rows": rows,
                "short": short,
                "add_url": f"{pages.add_url()}?rfp={rfp.pk}" if may and pages is not None else "",
            },
        )
