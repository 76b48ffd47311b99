"""What the pages of RFPs, relationships and programmes show of the decision, and what falls due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.partners.models import Programme, Relationship
from evaluation.access import was_opened, why_not
from evaluation.models import Award, RelationshipAward, Rfp
from evaluation.views.deciding.awards import may_begin, standstill, winners_of
from evaluation.views.places import PLACES


@panel(Rfp, order=60)
def _deciding(rfp: Any, request: HttpRequest) -> Panel | None:
    user: Any = request.user
    if not was_opened(rfp) or why_not(user, rfp):
        return None
    rows = [
        (label, reverse(name, args=[rfp.pk]))
        for key, label, name in PLACES
        if key != "costs" or rfp.priced_at is not None
    ]
    awards = list(Award.objects.visible_to(user).filter(rfp=rfp).defer("basis"))
    body = render_to_string(
        "evaluation/deciding/on_rfp.html", {"rows": rows, "awards": [(one, winners_of(one)) for one in awards]}
    )
    actions = []
    if may_begin(rfp, user):
        where = f"{reverse('evaluation:award_add')}?rfp={rfp.pk}"
        actions.append({"label": "Begin the award", "url": where, "primary": True})
    return Panel("Judging and deciding", body, side=True, actions=actions, key="deciding")


@panel(Relationship, order=18)
def _selected_by(relationship: Any, request: HttpRequest) -> Panel | None:
    user: Any = request.user
    links = RelationshipAward.objects.filter(relationship=relationship)
    link = links.select_related("award__rfp", "award__programme", "proposal__cmo").first()
    if link is None:
        return None
    award = link.award
    reads = Award.objects.visible_to(user).filter(pk=award.pk).exists()
    given = {
        "award": award,
        "url": award.get_absolute_url() if reads else "",
        "proposal": link.proposal,
        "proposal_url": link.proposal.get_absolute_url() if link.proposal is not None and reads else "",
        "standstill": standstill(award),
    }
    return Panel("Selected by", render_to_string("evaluation/deciding/selected.html", given), side=True, key="award")


@panel(Programme, order=30)
def _awards(programme: Any, request: HttpRequest) -> Panel | None:
    user: Any = request.user
    seen = Award.objects.visible_to(user).filter(programme=programme).exclude(state=Award.State.WITHDRAWN)
    awards = [
        {"award": one, "to": winners_of(one), "standstill": standstill(one)}
        for one in seen.select_related("programme", "rfp").prefetch_related("winners__cmo").defer("basis")
    ]
    if not awards:
        return None
    return Panel(
        "Awards", render_to_string("evaluation/deciding/awards.html", {"awards": awards}), side=True, key="awards"
    )


@due(Relationship)
def _standstill(relationship: Any, request: HttpRequest) -> Iterable[Due]:
    link = RelationshipAward.objects.filter(relationship=relationship).select_related("award").first()
    if link is not None and link.award.standstill_until and relationship.state == Relationship.State.SELECTED:
        yield Due(link.award.standstill_until, "Standstill ends: a contract may be signed")


@duty
def standstills(user: Any) -> Iterable[Duty]:
    """The end of the standstill, for the owner of the RFP or whoever proposed a single source, until work goes on."""
    mine = RelationshipAward.objects.filter(
        relationship__state=Relationship.State.SELECTED, award__standstill_until__isnull=False
    )
    visible = Award.objects.visible_to(user).order_by().values("pk")
    for link in mine.filter(award__in=visible).select_related("award__rfp", "award__programme", "relationship"):
        award = link.award
        owner = award.rfp.owner_id if award.rfp is not None else award.created_by_id
        if owner == user.pk:
            yield Duty(award.standstill_until, str(award), award.get_absolute_url(), "Standstill ends")


__all__ = ["standstills"]
