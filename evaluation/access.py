"""Who reads what of an RFP's proposals and scores."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluation.models import Evaluator, Proposal, Rfp, ScoreSheet

E = Evaluator.State
#: Once an award is recommended its committee reads what it decides on.
COMMITTEE = ("executive", "quality", "finance")
BEFORE_THE_COMMITTEE = (Rfp.State.RECOMMENDED, Rfp.State.AWARDED)


def seat_of(user: Any, rfp: Any) -> Evaluator | None:
    """Return the person's seat on the panel, None where they have none."""
    return Evaluator.objects.filter(rfp=rfp, person=user).first()


def is_cleared(user: Any, rfp: Any) -> bool:
    """Whether the person sits on the panel and has declared to be free of conflicts."""
    return Evaluator.objects.cleared().filter(rfp=rfp, person=user).exists()


def readable_proposals(user: Any) -> QuerySet:
    """Return proposals whose opened content the person may read.

    Whoever sits on the panel and has declared no conflict; the auditor; and, once an award is recommended, its
    committee, except those who have declared a conflict. The commercial part is a matter of its rows: there are none
    before it is opened.
    """
    found = Proposal.objects.visible_to(user).filter(rfp__state__in=Rfp.OPENED)
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
    own = ScoreSheet.objects.filter(proposal=OuterRef("proposal"), commercial=OuterRef("commercial"))
    mine = own.filter(evaluator__person=user)
    submitted = Q(state=ScoreSheet.State.SUBMITTED, proposal__in=readable_proposals(user))
    have_scored = Q(Exists(mine)) & ~Q(Exists(mine.filter(state=ScoreSheet.State.OPEN)))
    nobody_scores = ~Q(Exists(mine)) & ~Q(Exists(own.filter(state=ScoreSheet.State.OPEN)))
    theirs = Q(evaluator__person=user, evaluator__state=E.CLEARED)
    return ScoreSheet.objects.filter(theirs | (submitted & (have_scored | nobody_scores)))
