"""The negotiation: points from the strategy's priorities, settled one by one."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from contracts.clauses.topics import TOPICS
from contracts.covering import consequences_of
from contracts.models import Agreement, NegotiationPoint
from strategy.rules import Kind

S = NegotiationPoint.State
REACHED = NegotiationPoint.Outcome
NEGOTIATORS = ("sourcing", "legal", "quality")


def fill(agreement: Agreement, *, cause: Event) -> list[NegotiationPoint]:
    """Put the priorities of the programme's approved strategy on the list of points; those that are there stay."""
    there = set(agreement.points.values_list("consequence", flat=True))  # type: ignore[attr-defined]
    made = []
    for one in consequences_of(agreement.programme, Kind.PRIORITY):
        # A priority belongs to one agreement of the set: the first that is negotiated.
        taken = NegotiationPoint.objects.filter(consequence=one, agreement__cmo=agreement.cmo_id).exclude(
            agreement__state=Agreement.State.ABANDONED
        )
        if one.pk in there or taken.exists():
            continue
        said = one.content
        code = one.key.partition(":")[2]
        topic = next((topic.code for topic in TOPICS.values() if code in (topic.code, *topic.consequences)), "")
        values = {
            "agreement": agreement, "consequence": one, "title": one.title, "topic": topic,
            "rank": int(Decimal(said.get("rank") or 1)), "target": said.get("target", ""),
            "fallback": said.get("fallback", ""), "walk_away": said.get("walk_away", ""),
            "value_at_stake": said.get("value_at_stake", "")[:300],
        }  # fmt: skip
        made.append(edits.create(NegotiationPoint, values, actor=cause.actor, cause=cause))
    return made


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(label="What was reached", choices=REACHED.choices)
    achieved = forms.IntegerField(
        label="How far from fallback to target, in %", required=False, min_value=0, max_value=100,
        help_text="Only for an outcome between the two.",
    )  # fmt: skip
    final_text = forms.CharField(
        label="Text of the clause", widget=forms.Textarea(attrs={"rows": 6}), max_length=10_000,
        help_text="As it stands in the agreement.",
    )  # fmt: skip


@transition(NegotiationPoint, source=S.OPEN, target=S.SETTLED, roles=NEGOTIATORS, form=SettleForm)
def settle(
    point: NegotiationPoint, event: Event, *, outcome: str, final_text: str, achieved: int | None = None
) -> None:
    """Write down what was reached, with the text of the clause."""
    if (outcome == REACHED.BETWEEN) != (achieved is not None):
        raise InvalidInput(
            {"achieved": ["Say how far from fallback to target, in percent."]}
            if achieved is None
            else {"achieved": ["Leave this empty: it is for an outcome between fallback and target."]}
        )
    if outcome == REACHED.BELOW and not event.reason:
        raise InvalidInput({"reason": ["It is below where we wanted to stop: say why we accept it."]})
    point.outcome, point.achieved, point.final_text = outcome, achieved, final_text


@transition(NegotiationPoint, source=S.OPEN, target=S.DROPPED, roles=NEGOTIATORS, reason=True)
def give_up(point: NegotiationPoint, event: Event) -> None:
    """Give the point up, in exchange for what."""


@transition(NegotiationPoint, source=(S.SETTLED, S.DROPPED), target=S.OPEN, roles=NEGOTIATORS, reason=True)
def take_up_again(point: NegotiationPoint, event: Event) -> None:
    """Negotiate the point again."""
    point.outcome, point.achieved, point.final_text = "", None, ""
