"""The life of an operating framework: written, approved by both sides, reviewed every year, revised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.clocks import add_months
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.due import within
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from cmo_lifecycle.workflow.transitions import authors_of, transition
from operations.joint.findings import can_sign, findings
from operations.models import Framework

S = Framework.State
WRITERS = ("sourcing", "project_manager")
#: Who may ever approve: the business, quality and an executive of ours, and the CMO.
APPROVERS = ("project_manager", "sourcing", "quality", "executive", "cmo_contact")
YEARLY = 12


def _whole(framework: Framework) -> Iterator[str]:
    for finding in findings(framework):
        yield finding.sentence


def counterpart_of(framework: Framework) -> str:
    """Return the role that approves it for the business: the project manager, unless only sourcing did not write it."""
    wrote = authors_of(framework)
    for role in WRITERS[::-1]:
        members = framework.relationship.programme.members.filter(is_active=True, groups__name=role)
        if members.exclude(pk__in=wrote).exists():
            return role
    return "project_manager"


def roles_needed(framework: Framework) -> tuple[str, ...]:
    return (framework.counterpart, "quality", "executive", "cmo_contact")


def contacts_named(framework: Framework) -> list[Any]:
    """Return the CMO's contacts of the matrix who can sign in."""
    rows = framework.contact_rows.select_related("contact__user").order_by("position")
    return list({row.contact.pk: row.contact for row in rows if can_sign(row.contact)}.values())


def objection(framework: Framework, user: User, role: str) -> str:
    """Say why a contact of the CMO does not speak for it: the contact matrix does not name them."""
    if role != "cmo_contact":
        return ""
    named = contacts_named(framework)
    if any(one.user_id == user.pk for one in named):
        return ""
    names = ", ".join(one.name for one in named)
    return f"The contact matrix names {names or 'nobody who can sign in'}, not you."


@transition(Framework, source=Framework.WRITABLE, target=S.IN_REVIEW, roles=WRITERS, gates=(_whole,))
def submit(framework: Framework, event: Event) -> None:
    """Hand the framework to our approvers and to the CMO; each signs when they have read it."""
    framework.counterpart = counterpart_of(framework)


@transition(
    Framework, source=S.IN_REVIEW, target=S.APPROVED, approvers=APPROVERS, among=roles_needed, objection=objection,
    gates=(_whole,), meaning="I approve this operating framework for my company", due=within(days=10),
)  # fmt: skip
def approve(framework: Framework, event: Event) -> None:
    """Approve the framework as it stands; with the last signature both sides work by it."""
    if framework.revises is not None and framework.revises.state == S.APPROVED:
        supersede(framework.revises, cause=event, reason=f"Version {framework.number} is approved")
    framework.approved_at = timezone.now()
    framework.review_due = framework.review_due or add_months(timezone.localdate(), YEARLY)


@transition(
    Framework, source=S.IN_REVIEW, target=S.RETURNED, roles=(*WRITERS, "quality", "executive", "cmo_contact"),
    objection=objection, reason=True,
)  # fmt: skip
def send_back(framework: Framework, event: Event) -> None:
    """Send the framework back to its writers with what is to change."""


@transition(Framework, source=S.APPROVED, target=S.SUPERSEDED)
def supersede(framework: Framework, event: Event) -> None:
    """Give way to the next version."""


def _review_is_due(framework: Framework) -> Iterator[str]:
    if framework.review_due is None or framework.review_due > timezone.localdate():
        yield "Its yearly review is not due yet."
    elif framework.review_asked_on is not None:
        yield "Its review has been asked for already."


@transition(Framework, source=S.APPROVED, target=None, roles=(), gates=(_review_is_due,), by_clock=True)
def ask_for_review(framework: Framework, event: Event) -> None:
    """Ask for the yearly review: it is due."""
    framework.review_asked_on = timezone.localdate()


@transition(Framework, source=S.APPROVED, target=None, roles=(*WRITERS, "quality"), reason=True)
def confirm_review(framework: Framework, event: Event) -> None:
    """Confirm that both sides have looked at it and that it still holds; what changed needs its next version."""
    today = timezone.localdate()
    framework.reviewed_on = today
    framework.review_asked_on = None
    framework.review_due = add_months(today, YEARLY)


@transition(Framework, source=Framework.OPEN, target=S.ABANDONED, roles=WRITERS, reason=True, tone="bad")
def abandon(framework: Framework, event: Event) -> None:
    """Give up this version; an approved one, if there is one, stays as it is."""


def revise(framework: Framework, *, actor: User, why: str, source: str = "") -> Framework:
    """Start the next version of an approved framework as a copy; the approved one holds until that is approved."""
    if framework.state != S.APPROVED:
        raise Refused(f"Only an approved framework is revised; this one is at “{framework.get_state_display()}”.")
    if not why.strip():
        raise InvalidInput({"why": ["Say why there is a next version."]})
    writing = Framework.objects.open().filter(relationship=framework.relationship).first()
    if writing is not None:
        raise Refused(f"Version {writing.number} is being written already: go on with that one.")
    values: dict[str, Any] = {
        "relationship": framework.relationship, "revises": framework, "why_revised": why.strip(),
        **{name: getattr(framework, name) for name in Framework.SECTIONS},
    }  # fmt: skip
    return edits.create(Framework, values, actor=actor, reason=why, source=source)


def ask_for_due_reviews(today: date) -> int:
    """Ask for the yearly review of each approved framework for which it is due and not asked for; return how many."""
    service = User.objects.service("framework_clock")
    due = Framework.objects.filter(state=S.APPROVED, review_due__lte=today, review_asked_on__isnull=True)
    asked = 0
    for framework in due.order_by("review_due", "id"):
        ask_for_review(framework, actor=service, source="schedule")
        asked += 1
    return asked


__all__ = ["approve", "ask_for_due_reviews", "contacts_named", "revise", "submit"]
