"""Who reads what of an RFP's proposals and scores."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluation.models import Appraisal, Consensus, Criterion, Evaluator, Proposal, Rfp, Score, ScoreSheet
from evaluation.models.sheets import COMMERCIAL_GROUP

E = Evaluator.State
#: Once an award is recommended its committee reads what it decides on.
COMMITTEE = ("executive", "quality", "finance")
BEFORE_THE_COMMITTEE = (Rfp.State.RECOMMENDED, Rfp.State.AWARDED)


def seat_of(user: Any, rfp: Any) -> Evaluator | None:
    """Return the person's seat on the panel, None where they have none."""
    return Evaluator.objects.filter(rfp=rfp, person=user).first()


def readable_proposals(user: Any) -> QuerySet:
    """Return proposals whose opened content the person may read.

    Whoever sits on the panel and has declared no conflict; the auditor; and, once an award is recommended, its
    committee, except those who have declared a conflict. The commercial part is a matter of its rows: there are none
    before it is opened.
    """
    # What was opened before the RFP was cancelled stays on record for those who read it then.
    kept = Q(rfp__state=Rfp.State.CANCELLED, rfp__opened_at__isnull=False)
    found = Proposal.objects.visible_to(user).filter(Q(rfp__state__in=Rfp.OPENED) | kept)
    if not getattr(user, "is_active", False) or user.is_external:
        return found.none()
    if user.reads_everything:
        return found.order_by().values("pk")
    seats = Evaluator.objects.filter(rfp=OuterRef("rfp"), person=user)
    may = Q(Exists(seats.filter(state=E.CLEARED)))
    if user.has_role(*COMMITTEE):
        may |= Q(rfp__state__in=BEFORE_THE_COMMITTEE) & ~Exists(seats.filter(state=E.CONFLICTED))
    return found.filter(may).order_by().values("pk")


def may_read(user: Any, proposal: Any) -> bool:
    return readable_proposals(user).filter(pk=proposal.pk).exists()


def readable_sheets(user: Any) -> QuerySet:
    """Return score sheets that the person may read.

    One's own. Others', once they are submitted, where the person reads the proposal and has no sheet of their own on
    it that is still open, and where nobody else's is: whoever looks on sees scores when the panel does.
    """
    #: A sheet that somebody left behind who was released, or removed by a conflict, keeps nobody waiting.
    own = ScoreSheet.objects.filter(
        proposal=OuterRef("proposal"), commercial=OuterRef("commercial"), evaluator__state=E.CLEARED
    )
    mine = own.filter(evaluator__person=user)
    submitted = Q(state=ScoreSheet.State.SUBMITTED, proposal__in=readable_proposals(user))
    have_scored = Q(Exists(mine)) & ~Q(Exists(mine.filter(state=ScoreSheet.State.OPEN)))
    nobody_scores = ~Q(Exists(mine)) & ~Q(Exists(own.filter(state=ScoreSheet.State.OPEN)))
    theirs = Q(evaluator__person=user, evaluator__state=E.CLEARED)
    return ScoreSheet.objects.filter(theirs | (submitted & (have_scored | nobody_scores)))


def blind_to(user: Any, rfp: Any) -> set[tuple[Any, bool]]:
    """Return (proposal, whether its commercial part) of which the person may not see the panel's scores yet.

    Whoever scores sees the others' once their own are handed in; whoever looks on once nobody's are still open.
    """
    mine: dict[tuple[Any, bool], bool] = {}
    open_: set[tuple[Any, bool]] = set()
    sheets = ScoreSheet.objects.filter(rfp=rfp, evaluator__state=E.CLEARED).order_by()
    for proposal, commercial, state, person in sheets.values_list(
        "proposal", "commercial", "state", "evaluator__person"
    ):
        is_open = state == ScoreSheet.State.OPEN
        if is_open:
            open_.add((proposal, commercial))
        if person == user.pk:
            mine[proposal, commercial] = is_open
    return {key for key in {*mine, *open_} if mine.get(key, key in open_)}


def owes_what_is_settled(user: Any) -> Exists:
    """Return the condition on appraisals that the panel settled scores of a part that the person still has to score.

    It is so for whoever is seated late, or whose scores were given back.
    """
    of_cost = Criterion.objects.filter(
        rfp=OuterRef("appraisal__rfp"), code=OuterRef("criterion"), group=COMMERCIAL_GROUP
    )  # fmt: skip
    mine = ScoreSheet.objects.filter(
        proposal=OuterRef("appraisal__proposal"), state=ScoreSheet.State.OPEN, evaluator__person=user,
        evaluator__state=E.CLEARED,
    )  # fmt: skip
    return Exists(
        Consensus.objects.filter(appraisal=OuterRef("pk")).filter(
            (Exists(of_cost) & Exists(mine.filter(commercial=True)))
            | (~Exists(of_cost) & Exists(mine.filter(commercial=False)))
        )
    )


def has_read(user: Any, rfp: Any, sections: Collection[str]) -> bool:
    """Whether others' scores of some sections, or what was settled of them, are there for the person to read."""
    codes = rfp.criteria.filter(group__in=sections).exclude(rule__in=Criterion.COMPUTED).values("code")
    sheets = readable_sheets(user).filter(rfp=rfp).exclude(evaluator__person=user).order_by().values("pk")
    told = Appraisal.objects.visible_to(user).filter(rfp=rfp).order_by().values("pk")
    return (
        Score.objects.filter(sheet__in=sheets, criterion__in=codes, score__isnull=False).exists()
        or Consensus.objects.filter(appraisal__in=told, criterion__in=codes).exists()
    )


def reads_rfp(user: Any, rfp: Any) -> bool:
    """Whether the person reads what the bidders of an RFP have handed in."""
    return Proposal.objects.filter(pk__in=readable_proposals(user), rfp=rfp).exists()


def was_opened(rfp: Any) -> bool:
    """Whether there is opened content: also of a request that was cancelled later."""
    return rfp.state in Rfp.OPENED or (rfp.state == Rfp.State.CANCELLED and rfp.opened_at is not None)


def why_not(user: Any, rfp: Any) -> str:
    """Say why the person does not read the opened content of an RFP; empty where they do."""
    if not was_opened(rfp):
        return "The proposals are sealed until two people open them together after the deadline."
    if user.reads_everything:
        return ""
    seat = seat_of(user, rfp)
    state = seat.state if seat is not None else ""
    if state == E.CLEARED:
        return ""
    if state == E.CONFLICTED:
        return "You declared a conflict of interests, so the proposals of this RFP are closed to you."
    if rfp.state in BEFORE_THE_COMMITTEE and user.has_role(*COMMITTEE):
        return ""
    if state == E.ASKED:
        return "Declare first whether you have a conflict of interests with any bidder; then the proposals open to you."
    return "Only the panel of this RFP reads its proposals."
