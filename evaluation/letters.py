"""Letters to bidders: who receives the work, who does not, and why, without a word about the others."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from evaluation.board import board
from evaluation.models import Letter
from evaluation.scoring.export import written, written_places
from strategy.rules.shapes import GROUPS
from strategy.sums.numbers import plain


def written_to(award: Any) -> QuerySet[Letter]:
    """Return the letters that a signed award brought, those of award first; none where there was no RFP."""
    if award.rfp_id is None or award.state != award.State.SIGNED:
        return Letter.objects.none()
    found = Letter.objects.filter(proposal__rfp=award.rfp_id).select_related("proposal__cmo", "proposal__contact")
    return found.order_by("kind", "proposal__cmo__legal_name")


def of(award: Any, proposal: Any) -> tuple[str, str, str]:
    """Return kind, body and debrief of the letter to one bidder of a signed award."""
    rfp, cmo = award.rfp, proposal.cmo
    won = award.winners.filter(cmo=cmo).first()
    day = f"{award.standstill_until:%-d %B %Y}"
    about = f"{rfp.reference}, {rfp.title}"
    if won is not None:
        share = "" if won.share == 100 else f" a share of {plain(won.share)} % of"
        body = (
            f"Thank you for your proposal to {about}. We intend to award you{share} the work, subject to contract."
            f" No contract is signed before {day}; until then other bidders may ask for a debrief."
        )
        return Letter.Kind.AWARD, body, debrief(award, proposal)
    body = (
        f"Thank you for your proposal to {about}. We have decided to award the work elsewhere. Below is how your"
        f" proposal was judged. Until {day} you may ask for a debrief in person; no contract is signed before."
    )
    return Letter.Kind.REGRET, body, debrief(award, proposal)


def debrief(award: Any, proposal: Any) -> str:
    """Return how a proposal was judged: its own scores by group and what kept it out, never those of others."""
    found = board(award.rfp)
    matrix = found.matrix
    line = matrix.lines.get(str(proposal.pk)) if matrix is not None else None
    if line is None or matrix is None:
        said = proposal.compliance or "It was not opened."
        return f"The proposal was not scored. {said}"
    places = written_places(found.terms)
    parts = []
    if line.bidder.failed:
        parts.append("It was knocked out. " + " ".join(line.bidder.failed))
    for group, name in GROUPS.items():
        score = line.groups.get(group)
        if score is not None and score.weight and score.score is not None:
            parts.append(f"{name}: {written(score.score, places)} (weight {float(score.weight):g} %).")
    if line.total is not None:
        parts.append(f"Total: {written(line.total, places)}.")
    if line.rank is not None:
        parts.append(f"Rank {line.rank} of {len(matrix.standing)}.")
    appraisal = getattr(proposal, "appraisal", None)
    if appraisal is not None and appraisal.summary.strip():
        parts.append(f"Strengths and weaknesses: {appraisal.summary.strip()}")
    return "\n".join(parts)
