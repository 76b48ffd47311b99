"""What the pages of programmes and relationships show of candidates and RFPs, and what falls due on a desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow import edits
from evaluation.filters import CDA_ENDS_SOON
from evaluation.models import Award, Candidate, Cda, Enquiry, Evaluator, Proposal, RelationshipAward, Rfp
from strategy.models import Strategy

S = Rfp.State


@panel(Programme, order=7)
def _programme(programme: Any, request: HttpRequest) -> Iterable[Panel]:
    user: Any = request.user
    counted = dict(
        Candidate.objects.visible_to(user)
        .filter(programme=programme)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"))
        .values_list("state", "n")
    )
    tail = f"?programme={programme.pk}"
    long_list = f"{reverse('evaluation:long_list')}{tail}"
    rows = [
        {"label": label, "count": counted[value], "url": f"{long_list}#{value}"}
        for value, label in Candidate.State.choices
        if value in counted
    ]
    actions: list[dict[str, Any]] = [{"label": "Long list", "url": long_list}] if rows else []
    if edits.may_create(Candidate, user) and programme.state == Programme.State.ACTIVE:
        actions.append({"label": "Search the market", "url": f"{reverse('evaluation:scan')}{tail}"})
    body = render_to_string("evaluation/requesting/panels/candidates.html", {"rows": rows})
    yield Panel("Candidates", body, actions=actions, key="candidates")
    asked = list(Rfp.objects.visible_to(user).filter(programme=programme).order_by("-reference")[:20])
    actions = []
    if edits.may_create(Rfp, user) and programme.state == Programme.State.ACTIVE:
        in_force = Strategy.objects.visible_to(user).filter(programme=programme, state=Strategy.State.APPROVED)
        if in_force.exists():
            actions.append({"label": "Start an RFP", "url": f"{reverse('evaluation:rfp_add')}{tail}"})
    body = render_to_string("evaluation/requesting/panels/rfps.html", {"rows": asked})
    yield Panel("RFPs", body, actions=actions, key="rfps")


@panel(Strategy, order=20)
def _strategy(strategy: Any, request: HttpRequest) -> Panel | None:
    """What was asked of CMOs on the ground of this version; where it is in force, the way to ask."""
    user: Any = request.user
    asked = list(Rfp.objects.visible_to(user).filter(strategy=strategy).order_by("-reference")[:20])
    in_force = strategy.state == Strategy.State.APPROVED
    if not asked and not in_force:
        return None
    actions = []
    if in_force and edits.may_create(Rfp, user):
        where = f"{reverse('evaluation:rfp_add')}?programme={strategy.programme_id}"
        actions.append({"label": "Start an RFP", "url": where})
    body = render_to_string("evaluation/requesting/panels/rfps.html", {"rows": asked})
    return Panel("RFPs", body, side=True, actions=actions, key="rfps")


@panel(Relationship, order=16)
def _relationship(relationship: Any, request: HttpRequest) -> Panel | None:
    user: Any = request.user
    link = (
        RelationshipAward.objects.filter(relationship=relationship, award__in=Award.objects.visible_to(user))
        .select_related("award__rfp")
        .first()
    )
    if link is None:
        return None
    award: Any = link.award
    given = {"award": award, "award_url": pages.url_of(award), "rfp": award.rfp}
    body = render_to_string("evaluation/requesting/panels/came_from.html", given)
    return Panel("How it was selected", body, side=True, key="selection")


@due(Programme)
def _of_programme(programme: Any, request: HttpRequest) -> Iterable[Due]:
    open_ = Rfp.objects.visible_to(request.user).filter(programme=programme, state=S.ISSUED)
    for one in open_:
        if one.closes_at is not None:
            yield Due(timezone.localtime(one.closes_at).date(), f"Proposals to {one.reference}", one.get_absolute_url())


def _mine(user: Any) -> Any:
    return Rfp.objects.visible_to(user).filter(programme__members=user)


@duty
def deadlines(user: Any) -> Iterable[Duty]:
    """Deadlines of one's own RFPs, for those who run them."""
    if not user.has_role("sourcing", "project_manager"):
        return
    for one in _mine(user).filter(state=S.ISSUED, closes_at__isnull=False).order_by("closes_at"):
        assert one.closes_at is not None
        yield Duty(timezone.localtime(one.closes_at).date(), str(one), one.get_absolute_url(), "Proposals due")


@duty
def unanswered(user: Any) -> Iterable[Duty]:
    """Questions of bidders without an answer: due by the deadline of their RFP."""
    if not user.has_role("sourcing", "technical", "quality"):
        return
    rows = Enquiry.objects.visible_to(user).filter(
        state=Enquiry.State.ASKED, rfp__state=S.ISSUED, rfp__programme__members=user
    )
    for one in rows.select_related("rfp").defer("asked_by").order_by("asked_at"):
        assert one.rfp.closes_at is not None
        yield Duty(
            timezone.localtime(one.rfp.closes_at).date(), str(one), one.get_absolute_url(), "Question of a bidder"
        )


@duty
def late_proposals(user: Any) -> Iterable[Duty]:
    """Proposals that came late and that nobody has decided on."""
    if not user.has_role("executive", "sourcing"):
        return
    rows = Proposal.objects.visible_to(user).filter(
        late=Proposal.Late.WAITING, rfp__state__in=Rfp.SEALED, rfp__programme__members=user
    )
    for one in rows.select_related("cmo", "rfp").order_by("submitted_at"):
        if one.rfp.hides_participation and one.rfp.state == S.ISSUED:
            continue
        day = timezone.localtime(one.submitted_at).date() if one.submitted_at else timezone.localdate()
        yield Duty(day, str(one), one.get_absolute_url(), "Late proposal")


@duty
def declarations(user: Any) -> Iterable[Duty]:
    """Panels that wait for one's own declaration of interests: due by the deadline of the RFP."""
    rows = Evaluator.objects.visible_to(user).filter(person=user, state=Evaluator.State.ASKED)
    for one in rows.exclude(rfp__state__in=Rfp.OVER).select_related("rfp", "person"):
        closes = one.rfp.closes_at
        day = timezone.localtime(closes).date() if closes else timezone.localdate()
        yield Duty(day, str(one.rfp), one.get_absolute_url(), "Declaration of interests")


@duty
def ending_cdas(user: Any) -> Iterable[Duty]:
    """CDAs that end within 60 days, of programmes that one works on or of all programmes."""
    if not user.has_role("sourcing", "legal"):
        return
    today = timezone.localdate()
    rows = Cda.objects.visible_to(user).filter(
        state=Cda.State.IN_FORCE, expires_on__gte=today, expires_on__lte=today + CDA_ENDS_SOON
    )
    own = rows.filter(programme__members=user) | rows.filter(programme__isnull=True)
    for one in own.select_related("cmo").distinct().order_by("expires_on"):
        assert one.expires_on is not None
        yield Duty(one.expires_on, str(one), one.get_absolute_url(), "CDA ends")
