"""What the panel of an RFP has to score, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cmo_lifecycle.workflow import edits
from evaluation.models import Criterion, Evaluator, Proposal, Rfp, ScoreSheet

#: Proposals that the panel is to have judged.
JUDGED = (Proposal.State.COMPLIANT, Proposal.State.SCORED, Proposal.State.SHORTLISTED)


#: What whoever declared a conflict is told at every door of an RFP.
CONFLICTED = "You declared a conflict of interests: a colleague does this."


def takes_part(rfp: Any, user: Any) -> bool:
    """Whether the person may act on an RFP: whoever declared a conflict, and so was removed from its panel, may not."""
    return not any(one.person_id == user.pk and one.state == Evaluator.State.CONFLICTED for one in rfp.evaluators.all())


def why_barred(rfp: Any, user: Any) -> str:
    """Say why the person may not act on an RFP whatever their roles; empty where they may."""
    return "" if takes_part(rfp, user) else CONFLICTED


def may_add(model: type[Any], rfp: Any, user: Any) -> bool:
    """Whether the person may add such a record to an RFP, as far as their roles and interests go."""
    return edits.may_create(model, user) and takes_part(rfp, user)


def is_cleared(rfp: Any, user: Any) -> bool:
    """Whether the person sits on the panel and has declared to be free of conflicts."""
    return any(one.person_id == user.pk and one.state == Evaluator.State.CLEARED for one in rfp.evaluators.all())


def takes_part_in_its_rfp(record: Any, user: Any) -> bool:
    """`takes_part`, as a permit of what belongs to an RFP."""
    return takes_part(record.rfp, user)


def is_cleared_in_its_rfp(record: Any, user: Any) -> bool:
    """`is_cleared`, as a permit of what belongs to an RFP."""
    return is_cleared(record.rfp, user)


def judged(rfp: Any, *, commercial: bool) -> list[Criterion]:
    """Return the criteria that people score, of the technical or of the commercial part."""
    return [
        one
        for one in rfp.criteria.order_by("position", "id")
        if one.rule not in Criterion.COMPUTED and one.is_commercial == commercial
    ]


def scored_by(sheet: Any) -> list[Criterion]:
    """Return the criteria that a score sheet is to score: those of its evaluator's sections."""
    sections = set(sheet.evaluator.sections)
    return [one for one in judged(sheet.rfp, commercial=sheet.commercial) if one.group in sections]


def check_consensus(appraisal: Any, rows: Sequence[Any]) -> dict[str, str]:
    """Return what is wrong with the settled scores of an appraisal, by place."""
    rfp = appraisal.rfp
    criteria = {one.code: one for one in rfp.criteria.all()}
    before = {row.criterion: row for row in appraisal.consensus.all()}
    open_sheets = set(
        appraisal.proposal.score_sheets.filter(state=ScoreSheet.State.OPEN).values_list("commercial", flat=True)
    )
    errors: dict[str, str] = {}
    for place, row in enumerate(rows):
        criterion = criteria.get(row.criterion)
        if criterion is None or criterion.rule in Criterion.COMPUTED:
            errors[f"{place}.criterion"] = "No people score such a criterion here."
            continue
        if said := rfp.score_fault(row.score):
            errors[f"{place}.score"] = said
        if not row.reason.strip():
            errors[f"{place}.reason"] = "Say why the panel settled on this score."
        known = before.get(row.criterion)
        same = known is not None and (known.score, known.reason) == (row.score, row.reason)
        if not same and criterion.is_commercial in open_sheets:
            errors[f"{place}.score"] = "Settle it once every evaluator of this proposal has submitted."
        elif not same and not criterion.is_commercial and rfp.state != Rfp.State.EVALUATION:
            errors[f"{place}.score"] = "The technical scores are locked: this one stays as it is."
    if rfp.state != Rfp.State.EVALUATION:
        kept = {row.criterion for row in rows}
        gone = [code for code in before if code not in kept and not criteria[code].is_commercial]
        if gone and "__all__" not in errors:
            errors["0.criterion"] = f"The technical scores are locked: {', '.join(sorted(gone))} stays."
    return errors


def what_is_missing(rfp: Any, *, commercial: bool) -> list[str]:
    """Return what the panel still owes before its (technical or commercial) scores count, as sentences."""
    found: list[str] = []
    criteria = judged(rfp, commercial=commercial)
    seats = list(rfp.evaluators.filter(state=Evaluator.State.CLEARED).select_related("person"))
    by_group: dict[str, list[Any]] = {}
    for one in criteria:
        by_group.setdefault(one.group, [])
    for seat in seats:
        for group in seat.sections:
            if group in by_group:
                by_group[group].append(seat)
    labels = dict(Criterion._meta.get_field("group").choices)  # type: ignore[arg-type]
    for group, there in by_group.items():
        if len(there) < rfp.least_evaluators:
            found.append(
                f"“{labels[group]}” is scored by {len(there)}: it takes {rfp.least_evaluators}. Ask more colleagues."
            )
        if there and all(seat.person_id == rfp.owner_id for seat in there):
            found.append(f"The owner of the RFP scores “{labels[group]}” alone: ask a colleague as well.")
    for sheet in (
        rfp.score_sheets.filter(
            state=ScoreSheet.State.OPEN, commercial=commercial, evaluator__state=Evaluator.State.CLEARED,
            proposal__state__in=JUDGED,
        ).select_related("evaluator__person", "proposal__cmo")
    ):  # fmt: skip
        found.append(f"{sheet.evaluator.person} has not submitted the scores of {sheet.proposal.cmo}.")
    found += _unsettled(rfp, criteria)
    return found


def _unsettled(rfp: Any, criteria: Sequence[Criterion]) -> list[str]:
    wanted = [one for one in criteria if one.rule == Criterion.Rule.CONSENSUS]
    if not wanted:
        return []
    found = []
    for appraisal in rfp.appraisals.filter(proposal__state__in=JUDGED).select_related("proposal__cmo"):
        settled = {row.criterion for row in appraisal.consensus.all()}
        found += [
            f"Settle the score of {appraisal.proposal.cmo} for “{one.title}”."
            for one in wanted
            if one.code not in settled
        ]
    return found
