"""The scorecard review as a PDF file, in the same words as on the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pdf import render, signatures_of
from cmo_lifecycle.workflow.canonical import sha256_of
from operations import reading
from operations.models import Review, ReviewInputs
from operations.review_card import Card
from operations.review_run import later_data


def review_data(review: Review, card: Card, now: datetime) -> dict[str, Any]:
    """Return what the PDF of a review says, as plain JSON values; all numbers and times are words."""
    inputs = ReviewInputs.objects.filter(review=review).values_list("taken_at", "count", "sha256").first()
    signatures, waiting = signatures_of(review)
    later = later_data(review, card.observations) if review.result else None
    taken = ""
    if inputs is not None:
        taken = f"{reading.counted(inputs[1], 'line')}, as of {fmt.moment(inputs[0])}"
    periods = [past.label for past in card.lines[0].history] if card.lines else []
    return {
        "title": f"Scorecard review, {review.label}: {review.relationship}",
        "heading": f"Scorecard review, {review.label}",
        "sponsor": settings.SPONSOR_NAME,
        "relationship": str(review.relationship),
        "sentence": card.sentence,
        "state": review.get_state_display(),
        "facts": [
            ["Period", f"{fmt.day(review.starts_on)} to {fmt.day(review.ends_on)}"],
            ["State", review.get_state_display()],
            ["Opened", fmt.moment(review.opened_at) + (", made up late" if review.made_up_late else "")],
            ["Inputs", taken or "not taken yet"],
            ["Scored by", f"Scoring policy, version {review.policy.number}"],
            ["As of", fmt.moment(now)],
        ],
        "standing": card.standing or "Not scored",
        "tone": card.tone,
        "score": f"{card.score} of 100" if card.score is not None else "no score",
        "coverage": f"{card.coverage} of the weight could be judged; {card.least_coverage} are needed for a standing.",
        "overrides": card.overrides,
        "categories": [
            {"label": one.label, "weight": one.weight, "score": one.score, "note": one.note} for one in card.categories
        ],
        "kpis": [
            {
                "name": line.name,
                "counted": line.counted,
                "value": line.value,
                "target": line.target,
                "red_line": line.red_line,
                "reading": line.reading,
                "tone": line.tone,
                "coverage": line.coverage,
                "small_sample": line.small_sample,
                "history": [past.words for past in line.history],
                "how": " ".join(part for part in (line.sum, *line.rules, line.weighing) if part),
                "definition": f"Definition, version {line.definition.number}",
            }
            for line in card.lines
        ],
        "periods": periods,
        "against": card.against,
        "moved": card.moved,
        "lost": card.lost,
        "later": later.sentence if later is not None else "",
        "comment": review.comment,
        "signatures": signatures,
        "waiting": waiting,
        "record": {
            "id": str(review.pk),
            "version": review.version,
            "sha256": sha256_of(review),
            "inputs_sha256": inputs[2] if inputs else "",
        },
    }


def review_pdf(review: Review, card: Card) -> bytes:
    """Return a review as a PDF file."""
    now = timezone.now()
    return render("review.typ", review_data(review, card, now), now)
