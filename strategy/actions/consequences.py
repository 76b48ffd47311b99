"""The life of a consequence: proposed by a rule, decided by a person, withdrawn when nothing asks for it any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.workflow import bulk
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from cmo_lifecycle.workflow.transitions import Transition, stale, transition
from strategy.models import Consequence, Strategy

S = Consequence.State
DECIDERS = ("sourcing", "project_manager")


def _while_written(consequence: Consequence) -> Iterator[str]:
    strategy = consequence.strategy
    if strategy.state not in Strategy.WRITABLE:
        yield (
            f"The strategy is at “{strategy.get_state_display()}”: what it asks for is decided while it is written."
            " Revise it to decide otherwise."
        )


class ChangeForm(forms.Form):
    """What is to hold instead of what the rule proposes."""

    content = forms.JSONField(label="Content", help_text="The fields of this kind of consequence, each as a text.")


@transition(Consequence, source=S.PROPOSED, target=S.ACCEPTED, roles=DECIDERS, gates=(_while_written,))
def accept(consequence: Consequence, event: Event) -> None:
    """Accept this as it is proposed; the later stage will ask for it."""
    consequence.content = consequence.proposed
    consequence.decision_reason = ""


@transition(
    Consequence,
    source=(S.PROPOSED, *Consequence.DECIDED),
    target=S.CHANGED,
    roles=DECIDERS,
    gates=(_while_written,),
    form=ChangeForm,
    reason=True,
)
def change(consequence: Consequence, event: Event, *, content: Mapping[str, Any]) -> None:
    """Accept this in another form than it is proposed in."""
    consequence.content = checked(consequence, content)
    consequence.decision_reason = event.reason


@transition(
    Consequence,
    source=(S.PROPOSED, S.ACCEPTED, S.CHANGED),
    target=S.DECLINED,
    roles=DECIDERS,
    gates=(_while_written,),
    reason=True,
    tone="bad",
)
def decline(consequence: Consequence, event: Event) -> None:
    """Decline this: the later stage will not be asked for it."""
    consequence.decision_reason = event.reason


@transition(Consequence, source=Consequence.DECIDED, target=S.PROPOSED, roles=DECIDERS, gates=(_while_written,))
def reconsider(consequence: Consequence, event: Event) -> None:
    """Take the decision back and decide again."""
    consequence.content = consequence.proposed
    consequence.decision_reason = ""


@transition(Consequence, source=(*Consequence.DECIDED, S.WITHDRAWN), target=S.PROPOSED)
def ask_again(consequence: Consequence, event: Event) -> None:
    """Ask for a decision anew, because what the proposal rests on has changed."""
    consequence.decision_reason = ""


@transition(Consequence, source=(S.PROPOSED, *Consequence.DECIDED), target=S.WITHDRAWN)
def withdraw(consequence: Consequence, event: Event) -> None:
    """Withdraw this, because nothing in the strategy asks for it any more."""
    consequence.decision_reason = ""


def checked(consequence: Consequence, content: Any) -> dict[str, str]:
    """Return a content with the fields of its kind; raise InvalidInput with a sentence at each field that is wrong."""
    known = {field.name: field for field in consequence.fields}
    if not isinstance(content, Mapping):
        raise InvalidInput({"content": ["Give the fields by name, each as a text."]})
    errors = {
        f"content.{name}": [f"There is no such field here. Known: {', '.join(known)}."]
        for name in content
        if name not in known
    }
    values = {name: str(content.get(name, "") or "").strip() for name in known}
    for name, field in known.items():
        if fault := field.fault(values[name]):
            errors[f"content.{name}"] = [fault]
    if errors:
        raise InvalidInput(errors)
    return {name: value for name, value in values.items() if value}


def opened_for_all(
    strategy: Strategy, step: Transition, rows: QuerySet[Consequence], *, actor: User, version: int | None
) -> list[Consequence]:
    """Lock a strategy and `rows` of its consequences for one step with all of them; return these.

    Inside the caller's transaction. Raises as the step itself would: its people, its gate, and who read an old version.
    """
    locked = Strategy.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=strategy.pk)
    if version is not None and version != locked.version:
        raise stale(locked, version)
    found = list(rows.select_for_update(of=("self",)))
    for one in found[:1]:
        if not step.allows(one, actor):
            raise NotPermitted(step.who_may())
        if missing := step.missing(one):
            raise Refused(*missing)
    return found


def accept_all(strategy: Strategy, *, actor: User, kind: str = "", version: int | None = None, source: str = "") -> int:
    """Accept everything (of one kind) that is still undecided, as `accept` does one by one; return how many.

    The set-based twin of that step: same people, same gate, an event for each.
    """
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        rows = Consequence.objects.filter(strategy=strategy, state=S.PROPOSED, **({"kind": kind} if kind else {}))
        undecided = opened_for_all(strategy, accept, rows, actor=actor, version=version)
        for one in undecided:
            one.strategy = strategy
        by_version: dict[int, list[Consequence]] = {}
        for one in undecided:
            by_version.setdefault(one.version + 1, []).append(one)
        now = timezone.now()
        role = next((code for code in DECIDERS if code in actor.roles), "")
        for number, same in by_version.items():
            Consequence.objects.filter(pk__in=[one.pk for one in same]).update(
                state=S.ACCEPTED, version=number, content=F("proposed"), decision_reason="", updated_at=now
            )
            bulk.write_events(
                Consequence, [bulk.noted(one) for one in same], actor=actor, related=Programme, at=now,
                verb=accept.verb, version=number, from_state=S.PROPOSED, to_state=S.ACCEPTED, role=role,
            )  # fmt: skip
    return len(undecided)
