"""The life of a relationship, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django import forms
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.partners.gates import asked_by, follow_up, gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.partners.models.vocabulary import Service
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition

S = Relationship.State
KEEPERS = ("sourcing", "project_manager")


def _edit_url(relationship: Relationship) -> str:
    return reverse("partners:relationship_edit", args=[relationship.pk])


def _tier_url(relationship: Relationship) -> str:
    return f"{reverse('partners:tier_assessment_add')}?relationship={relationship.pk}"


def _site_url(relationship: Relationship) -> str:
    site = relationship.sites.first()
    return site.get_absolute_url() if site is not None else _edit_url(relationship)


def _arrive(relationship: Relationship, event: Event) -> None:
    relationship.stage_since = timezone.now()
    follow_up(event.verb, relationship, event)


@gate("operate", "register_as_existing", label="A named relationship manager", where=_edit_url)
def _has_a_manager(relationship: Relationship) -> Iterator[str]:
    if relationship.manager_id is None:
        yield "Name the relationship manager first."


@gate("operate", label="Sites qualified: on the approved vendor list", where=_site_url)
def _sites_are_orderable(relationship: Relationship) -> Iterator[str]:
    today = timezone.localdate()
    sites = list(relationship.sites.prefetch_related("qualifications"))
    if not sites:
        yield "Name the site or sites that work for this programme."
    qualified: set[str] = set()
    for site in sites:
        orderable = [one.service for one in site.qualifications.all() if one.is_orderable(today)]
        qualified.update(orderable)
        if not orderable:
            yield f"{site} is not on the approved vendor list, or its review is overdue."
    for service in relationship.services:
        if sites and service not in qualified:
            yield f"None of its sites is on the approved vendor list for {Service(service).label.lower()}."


@gate("operate", label="Risk tier assessed", where=_tier_url)
def _has_a_tier(relationship: Relationship) -> Iterator[str]:
    if relationship.tier is None:
        yield "Assess the risk tier first."


class EvidenceForm(forms.Form):
    """What shows that a relationship exists in the real world."""

    evidence = forms.CharField(
        label="Evidence",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The agreement, order or record that shows the relationship, with its number and date.",
    )
    active_from = forms.DateField(
        label="Active since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Scheduled reviews start with the period that holds this day. Empty: today.",
    )


@transition(
    Relationship,
    source=S.STRATEGY_DRAFT,
    target=S.ACTIVE,
    roles=KEEPERS,
    gates=(asked_by("register_as_existing"),),
    form=EvidenceForm,
    reason=True,
    by_clock=True,
)
def register_as_existing(
    relationship: Relationship, event: Event, *, evidence: str, active_from: date | None = None
) -> None:
    """Register a relationship that already runs; it shows for ever that it skipped the earlier stages."""
    relationship.registered_as_existing = True
    relationship.registration_evidence = evidence
    today = timezone.localdate()
    relationship.active_from = active_from or relationship.active_from or today
    _arrive(relationship, event)
    if relationship.active_from < today:
        # It stood there long before it was registered here.
        relationship.stage_since = timezone.make_aware(datetime.combine(relationship.active_from, time.min))


@transition(
    Relationship,
    source=S.STRATEGY_DRAFT,
    target=S.STRATEGY_APPROVED,
    roles=("executive",),
    gates=(asked_by("approve_strategy"),),
    reason=True,
)
def approve_strategy(relationship: Relationship, event: Event) -> None:
    """Confirm that the partnering strategy for this relationship is approved."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.STRATEGY_APPROVED,
    target=S.SOURCING,
    roles=("sourcing",),
    gates=(asked_by("start_sourcing"),),
)
def start_sourcing(relationship: Relationship, event: Event) -> None:
    """Start the search and selection."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.SOURCING,
    target=S.SELECTED,
    roles=("executive",),
    gates=(asked_by("select"),),
    reason=True,
)
def select(relationship: Relationship, event: Event) -> None:
    """Select this CMO for the programme."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.SELECTED,
    target=S.CONTRACTING,
    roles=("sourcing", "legal"),
    gates=(asked_by("start_contracting"),),
)
def start_contracting(relationship: Relationship, event: Event) -> None:
    """Start negotiating the agreements."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.CONTRACTING,
    target=S.ONBOARDING,
    roles=KEEPERS,
    gates=(asked_by("onboard"),),
    reason=True,
)
def onboard(relationship: Relationship, event: Event) -> None:
    """Start onboarding: the agreements are in force."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.ONBOARDING,
    target=S.ACTIVE,
    roles=("project_manager",),
    gates=(asked_by("operate"),),
    reason=True,
)
def operate(relationship: Relationship, event: Event) -> None:
    """Start regular operations with this CMO."""
    relationship.active_from = relationship.active_from or timezone.localdate()
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.ACTIVE,
    target=S.CHANGE_IN_PROGRESS,
    roles=KEEPERS,
    gates=(asked_by("start_change"),),
    reason=True,
)
def start_change(relationship: Relationship, event: Event) -> None:
    """Start a change of scope or scale."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.CHANGE_IN_PROGRESS,
    target=S.ACTIVE,
    roles=KEEPERS,
    gates=(asked_by("finish_change"),),
    reason=True,
)
def finish_change(relationship: Relationship, event: Event) -> None:
    """Return to regular operations: the change is done or given up."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.ACTIVE,
    target=S.RE_EVALUATION,
    roles=(*KEEPERS, "quality", "executive"),
    gates=(asked_by("re_evaluate"),),
    reason=True,
    by_clock=True,
)
def re_evaluate(relationship: Relationship, event: Event) -> None:
    """Ask again whether this relationship still serves its strategy."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.RE_EVALUATION,
    target=S.ACTIVE,
    roles=("executive", "project_manager"),
    gates=(asked_by("continue_as_is"),),
    reason=True,
)
def continue_as_is(relationship: Relationship, event: Event) -> None:
    """Continue the relationship as it is."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.RE_EVALUATION,
    target=S.RESTRUCTURING,
    roles=("executive",),
    gates=(asked_by("restructure"),),
    reason=True,
)
def restructure(relationship: Relationship, event: Event) -> None:
    """Restructure the relationship."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.RESTRUCTURING,
    target=S.ACTIVE,
    roles=KEEPERS,
    gates=(asked_by("finish_restructuring"),),
    reason=True,
)
def finish_restructuring(relationship: Relationship, event: Event) -> None:
    """Return to regular operations in the new shape."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.ACTIVE,
    target=S.SUSPENDED,
    roles=("quality", "executive"),
    gates=(asked_by("suspend"),),
    reason=True,
    tone="bad",
)
def suspend(relationship: Relationship, event: Event) -> None:
    """Suspend the relationship: no new orders."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.SUSPENDED,
    target=S.ACTIVE,
    roles=("quality",),
    gates=(asked_by("reinstate"),),
    reason=True,
)
def reinstate(relationship: Relationship, event: Event) -> None:
    """Lift the suspension."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=(S.RE_EVALUATION, S.SUSPENDED),
    target=S.EXITING,
    roles=("executive",),
    gates=(asked_by("start_exit"),),
    reason=True,
    tone="bad",
)
def start_exit(relationship: Relationship, event: Event) -> None:
    """Start leaving this CMO for this programme."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=S.EXITING,
    target=S.CLOSED,
    roles=("project_manager", "executive"),
    gates=(asked_by("close"),),
    reason=True,
)
def close(relationship: Relationship, event: Event) -> None:
    """Close the relationship: everything is returned, settled and kept."""
    _arrive(relationship, event)


@transition(
    Relationship,
    source=Relationship.BEFORE_ACTIVE,
    target=S.CANCELLED,
    roles=KEEPERS,
    gates=(asked_by("cancel"),),
    reason=True,
    tone="bad",
)
def cancel(relationship: Relationship, event: Event) -> None:
    """Give up this relationship before it starts."""
    _arrive(relationship, event)
