"""The recommendation, the committee's signatures, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cmo_lifecycle.partners.actions import relationships
from cmo_lifecycle.partners.gates import gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.due import within
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.signed import unsigned_roles
from cmo_lifecycle.workflow.transitions import transition
from evaluation import letters
from evaluation.access import COMMITTEE
from evaluation.actions import proposals, rfps
from evaluation.actions.appraisals import failed_musts
from evaluation.basis import basis_of, what_changed
from evaluation.board import board
from evaluation.models import Appraisal, Award, Diligence, Evaluator, Letter, Proposal, RelationshipAward, Rfp
from evaluation.panel import is_cleared, takes_part, what_is_missing
from strategy.actions.relationships import in_force
from strategy.sums.numbers import listed

S = Award.State
R = Relationship.State


def _takes_part(award: Any, user: Any) -> bool:
    return award.rfp is None or takes_part(award.rfp, user)


def _may_propose(award: Any, user: Any) -> bool:
    return award.rfp is None or is_cleared(award.rfp, user)


@dataclass(frozen=True)
class Missing:
    """One thing that an award still lacks: as a sentence, and the record or the place where it is mended."""

    sentence: str
    about: Any = None
    place: str = ""


def _chosen(award: Award) -> Iterator[Missing]:
    rows = list(award.winners.all())  # type: ignore[attr-defined]
    if not rows:
        yield Missing("Say who receives the work.", award, "winners")
    elif sum((row.share for row in rows), Decimal(0)) != 100:
        total = sum((row.share for row in rows), Decimal(0)).normalize()
        yield Missing(
            f"The shares of those who receive the work add up to 100 percent; now they are {total:f}.", award, "winners"
        )
    if not award.recommendation.strip():
        yield Missing("Say why this choice is the right one.", award, "edit")
    if not award.against.strip():
        yield Missing("Say what speaks against it: said before, it protects the decision later.", award, "edit")


def _justified(award: Award) -> Iterator[Missing]:
    running = 0
    if award.rfp is not None:
        running = award.rfp.proposals.filter(state__in=("scored", "shortlisted")).count()  # type: ignore[attr-defined]
    if running < 2 and not award.single_source.strip():
        yield Missing(
            "Fewer than two proposals are scored: justify the single source, with who else was looked at.",
            award, "edit",
        )  # fmt: skip
    if award.rfp is None and not in_force_of(award):
        yield Missing("Have the programme's partnering strategy approved first.", award.programme)
    if award.rfp is None:
        for rfp in award.beside():
            yield Missing(award.beside_sentence(rfp), rfp)


def in_force_of(award: Award) -> Any:
    return in_force(Relationship(programme=award.programme))


def _judged(award: Award) -> Iterator[Missing]:
    rfp = award.rfp
    if rfp is None:
        return
    if rfp.state not in (Rfp.State.COMMERCIAL, Rfp.State.RECOMMENDED):
        state = rfp.get_state_display()  # type: ignore[attr-defined]
        yield Missing(f"The commercial evaluation is not open: the RFP is at “{state}”.", rfp)
        return
    for sentence in what_is_missing(rfp, commercial=True):
        yield Missing(sentence, rfp)
    for seat in rfp.evaluators.filter(state=Evaluator.State.ASKED).select_related("person"):  # type: ignore[attr-defined]
        yield Missing(f"{seat.person} has not declared whether there is a conflict of interests.", seat)
    for sentence in board(rfp).problems:
        yield Missing(sentence, rfp, "costs" if "cost" in sentence else "")


def _looked_into(award: Award) -> Iterator[Missing]:
    if award.rfp is None:
        return
    appraisals = {one.proposal_id: one for one in Appraisal.objects.filter(rfp=award.rfp)}
    streams: dict[Any, list[Diligence]] = {}
    for stream in Diligence.objects.filter(rfp=award.rfp).select_related("proposal__cmo"):
        streams.setdefault(stream.proposal_id, []).append(stream)
    winning = _winning(award)
    known = {row.cmo_id for row in winning}
    for row in award.winners.select_related("cmo"):  # type: ignore[attr-defined]
        if row.cmo_id not in known:
            yield Missing(f"{row.cmo} is not in the running any more: choose again.", award, "winners")
    for one in winning:
        appraisal = appraisals.get(one.pk)
        if appraisal is None or appraisal.state != Appraisal.State.SETTLED:
            yield Missing(f"Settle the appraisal of {one.cmo} first: requirements and risks.", appraisal)
        for sentence in failed_musts(appraisal) if appraisal is not None else ():
            yield Missing(f"{one.cmo} is knocked out. {sentence}", appraisal)
        for stream in streams.get(one.pk, ()):
            label = stream.get_stream_display()  # type: ignore[attr-defined]
            if stream.state not in Diligence.DONE:
                yield Missing(f"Complete the due diligence of {one.cmo}, or have it waived: {label}.", stream)
            elif stream.state == Diligence.State.COMPLETE and stream.conclusion == Diligence.Conclusion.AGAINST:
                yield Missing(f"The due diligence speaks against {one.cmo}: {label}.", stream)


def _winning(award: Award) -> list[Proposal]:
    if award.rfp is None:
        return []
    chosen = award.winners.values("cmo")  # type: ignore[attr-defined]
    running = award.rfp.proposals.filter(cmo__in=chosen, state__in=Proposal.IN_THE_RUNNING)  # type: ignore[attr-defined]
    return list(running.select_related("cmo", "candidate__site"))


def what_an_award_lacks(award: Award) -> list[Missing]:
    """Return all that keeps a recommendation from going to the committee."""
    return [one for gate_ in (_chosen, _justified, _judged, _looked_into) for one in gate_(award)]


def _whole(award: Award) -> Iterator[str]:
    for one in what_an_award_lacks(award):
        yield one.sentence


@transition(
    Award, source=S.DRAFT, target=S.PROPOSED, roles=("sourcing",), permits=_may_propose,
    gates=(_whole,),
)  # fmt: skip
def propose(award: Award, event: Event) -> None:
    """Hand the recommendation to the committee, with ranking, cost and sensitivity as they stand."""
    award.basis = basis_of(award)
    if award.rfp is not None:
        rfps.recommend(award.rfp, cause=event)


@transition(Award, source=S.PROPOSED, target=S.DRAFT, roles=COMMITTEE, permits=_takes_part, reason=True)
def send_back(award: Award, event: Event) -> None:
    """Send the recommendation back with what the committee asks for."""
    if award.rfp is not None:
        rfps.reconsider(award.rfp, cause=event)


@transition(
    Award, source=(S.DRAFT, S.PROPOSED), target=S.WITHDRAWN, roles=("sourcing",), permits=_takes_part, reason=True,
    tone="bad",
)  # fmt: skip
def withdraw(award: Award, event: Event) -> None:
    """Withdraw the recommendation; it stays on record."""
    if award.rfp is not None and award.rfp.state == Rfp.State.RECOMMENDED:
        rfps.reconsider(award.rfp, cause=event)


def _has_scored(award: Any, user: Any, role: str) -> str:
    if award.rfp is not None or user.pk not in award.scorers():
        return ""
    return (
        "You scored proposals to an RFP of this programme within the last year: a colleague who did not signs its"
        " single-source award."
    )


def _as_proposed(award: Award) -> Iterator[str]:
    if award.rfp is None and not in_force_of(award):
        yield "Have the programme's partnering strategy approved first."
    changed = what_changed(award.basis, basis_of(award))
    if changed:
        yield (
            f"Since it was proposed there is a change in {listed(changed)}: send it back, so that it is proposed as it"
            " stands."
        )


def _as_chosen(award: Award) -> Iterator[str]:
    for one in (*_chosen(award), *_justified(award), *_looked_into(award)):
        yield one.sentence


@transition(
    Award, source=S.PROPOSED, target=S.SIGNED, approvers=COMMITTEE, permits=_takes_part,
    gates=(_as_chosen, _as_proposed), meaning="I award this work as recommended", due=within(days=10), objection=_has_scored,
)  # fmt: skip
def sign(award: Award, event: Event) -> None:
    """Award the work as recommended; the relationship is selected and all bidders are written to."""
    award.signed_at = timezone.now()
    days = award.rfp.standstill_days if award.rfp is not None else 0
    award.standstill_until = timezone.localdate() + timedelta(days=days)
    winning = {one.cmo_id: one for one in _winning(award)}
    if award.rfp is not None:
        rfps.award(award.rfp, cause=event)
        for one in award.rfp.proposals.select_related("cmo").order_by("id"):  # type: ignore[attr-defined]
            if one.cmo_id in winning:
                proposals.win(one, cause=event)
            elif one.state in ("submitted", "compliant", "non_compliant", "scored", "shortlisted"):
                proposals.lose(one, cause=event)
            else:
                continue
            kind, body, debrief = letters.of(award, one)
            Letter.objects.create(proposal=one, kind=kind, body=body, debrief=debrief, at=award.signed_at)
    for row in award.winners.select_related("cmo"):  # type: ignore[attr-defined]
        _select(award, row.cmo, winning.get(row.cmo_id), event)


def _select(award: Award, cmo: Any, proposal: Proposal | None, event: Event) -> None:
    relationship = Relationship.objects.filter(cmo=cmo, programme=award.programme).first()
    if relationship is None or relationship.state in Relationship.OVER:
        relationship = edits.create(
            Relationship,
            {
                "cmo": cmo, "programme": award.programme, "manager": award.rfp.owner if award.rfp else award.created_by,
                "services": [award.rfp.service] if award.rfp else [],
            },
            actor=event.actor,
            cause=event,
        )  # fmt: skip
        if proposal is not None and proposal.candidate is not None and proposal.candidate.site is not None:
            relationship.sites.add(proposal.candidate.site)
    RelationshipAward.objects.update_or_create(
        relationship=relationship, defaults={"award": award, "proposal": proposal, "event": event}
    )
    why = f"{award} was signed"
    for state, verb in (
        (R.STRATEGY_DRAFT, relationships.approve_strategy),
        (R.STRATEGY_APPROVED, relationships.start_sourcing),
        (R.SOURCING, relationships.select),
    ):
        if relationship.state == state:
            relationship = verb(relationship, cause=event, reason=why)


@gate("select")
def _was_awarded(relationship: Relationship) -> Iterator[str]:
    link = RelationshipAward.objects.filter(relationship=relationship).select_related("award", "event").first()
    # While the committee's last signature is being written, the award itself still stands before it.
    signed = link is not None and link.event.to_state == S.SIGNED
    if link is not None and signed and (link.award.state != S.SIGNED or not unsigned_roles(link.award)):
        return
    yield "Have an award to this CMO signed by the committee first; that selects it."
