"""What the pages of programmes and relationships show of strategy, and what falls due on a desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.duties import Duty, duty
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow import edits
from strategy.actions.strategies import WRITERS
from strategy.filters import reviews_due
from strategy.models import Consequence, RelationshipStrategy, Strategy
from strategy.overview import answers_in_short
from strategy.rules.shapes import Kind

S = Strategy.State


def in_force(programme_id: Any, user: Any) -> Strategy | None:
    """Return the approved strategy of a programme, where this person sees it."""
    found = Strategy.objects.visible_to(user).filter(programme=programme_id, state=S.APPROVED)
    return found.select_related("programme").first()


def review_said(strategy: Strategy) -> str:
    """Say when an approved strategy is reviewed next, or since when that is overdue."""
    if strategy.review_due is None or strategy.state != S.APPROVED:
        return ""
    word = "Review overdue since" if strategy.review_due < timezone.localdate() else "Review due on"
    return f"{word} {fmt.day(strategy.review_due)}"


@panel(Programme, order=5)
def _programme(programme: Any, request: HttpRequest) -> Panel:
    user: Any = request.user
    alive = Strategy.objects.visible_to(user).filter(programme=programme, state__in=(S.APPROVED, *Strategy.OPEN))
    shown = [
        {
            "record": one,
            "url": one.get_absolute_url(),
            "short": answers_in_short(one),
            "review": review_said(one),
        }
        for one in alive.order_by("-number")
    ]
    actions: list[dict[str, Any]] = []
    if not shown and edits.may_create(Strategy, user) and programme.state == Programme.State.ACTIVE:
        where = f"{reverse('strategy:strategy_add')}?programme={programme.pk}"
        actions.append({"label": "Start a strategy", "url": where, "primary": True})
    body = render_to_string("strategy/panels/programme.html", {"shown": shown})
    return Panel("Partnering strategy", body, actions=actions, key="strategy", first=bool(actions))


@panel(Relationship, order=15)
def _relationship(relationship: Any, request: HttpRequest) -> Panel:
    user: Any = request.user
    link = (
        RelationshipStrategy.objects.filter(relationship=relationship, strategy__in=Strategy.objects.visible_to(user))
        .select_related("strategy__programme")
        .first()
    )
    under = link.strategy if link is not None else None
    now = in_force(relationship.programme_id, user)
    kinds = []
    if now is not None:
        counted = dict(
            Consequence.objects.visible_to(user)
            .binding()
            .filter(strategy=now)
            .order_by()
            .values("kind")
            .annotate(n=Count("pk"))
            .values_list("kind", "n")
        )
        where = f"{reverse('strategy:consequence_list')}?strategy={now.pk}&kind="
        kinds = [
            {
                "label": kind.label if counted[kind.value] == 1 else kind.plural,
                "count": counted[kind.value],
                "url": where + kind.value,
            }
            for kind in Kind
            if kind.value in counted
        ]
    moved = under is not None and now is not None and under.pk != now.pk
    given = {
        "under": {"record": under, "url": under.get_absolute_url()} if under else None,
        "now": {"record": now, "url": now.get_absolute_url(), "review": review_said(now)} if now else None,
        "registered": relationship.registered_as_existing,
        "moved": moved,
        "compare_url": f"{now.get_absolute_url()}compare/?with={under.pk}" if moved and now and under else "",
        "kinds": kinds,
    }
    return Panel("Strategy", render_to_string("strategy/panels/relationship.html", given), side=True, key="strategy")


def _dues(strategy: Strategy | None) -> Iterable[Due]:
    if strategy is not None and strategy.review_due is not None:
        yield Due(
            strategy.review_due, f"Review of the strategy, version {strategy.number}", strategy.get_absolute_url()
        )


@due(Relationship)
def _of_relationship(relationship: Any, request: HttpRequest) -> Iterable[Due]:
    return _dues(in_force(relationship.programme_id, request.user))


@due(Programme)
def _of_programme(programme: Any, request: HttpRequest) -> Iterable[Due]:
    return _dues(in_force(programme.pk, request.user))


@duty
def strategy_reviews(user: Any) -> Iterable[Duty]:
    """Reviews of the strategies of one's own programmes, for those who would write the next version."""
    if not user.has_role(*WRITERS):
        return
    mine = Strategy.objects.visible_to(user).filter(programme__members=user)
    for one in reviews_due(mine, "due").select_related("programme").order_by("review_due"):
        yield Duty(one.review_due, str(one), one.get_absolute_url(), "Strategy review")


__all__ = ["in_force", "review_said", "strategy_reviews"]
