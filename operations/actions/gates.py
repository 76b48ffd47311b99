"""What operations ask before a relationship becomes active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.partners.gates import gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.parts import rows_of
from cmo_lifecycle.workflow.signed import unsigned_roles
from operations.joint.findings import lacks_its_baseline
from operations.models import AgreedKpi, Framework, Transfer


def approved_framework(relationship: Relationship) -> Framework | None:
    return Framework.objects.filter(relationship=relationship, state=Framework.State.APPROVED).first()


def newest_framework(relationship: Relationship) -> Framework | None:
    """Return the approved framework, else the one that is being written."""
    rows = Framework.objects.filter(relationship=relationship)
    return approved_framework(relationship) or rows.filter(state__in=Framework.OPEN).first()


def framework_url(relationship: Relationship) -> str:
    found = newest_framework(relationship)
    if found is not None:
        return found.get_absolute_url()
    return f"{reverse('operations:framework_add')}?relationship={relationship.pk}"


def transfer_url(relationship: Relationship) -> str:
    found = Transfer.objects.filter(relationship=relationship)
    open_ = found.exclude(state__in=Transfer.DONE).first() or found.first()
    if open_ is not None:
        return open_.get_absolute_url()
    return f"{reverse('operations:transfer_add')}?relationship={relationship.pk}"


@gate("operate", label="Operating framework approved by both sides", where=framework_url)
def _framework_is_approved(relationship: Relationship) -> Iterator[str]:
    found = approved_framework(relationship)
    if found is None:
        yield "Write the operating framework and have both sides approve it."
    elif missing := unsigned_roles(found):
        who = listed([role_label(role) for role in missing])
        yield f"The operating framework stands at “Approved” without a valid signature of {who}: look into the trail."


@gate("operate", label="KPIs baselined", where=framework_url)
def _kpis_are_baselined(relationship: Relationship) -> Iterator[str]:
    found = approved_framework(relationship)
    rows: list[Any] = rows_of(found, AgreedKpi) if found is not None else []
    if not rows:
        yield "Agree the KPIs in the operating framework: each with its definition, target and red line."
    for row in rows:
        yield from lacks_its_baseline(row)


@gate("operate", label="Technology transfer complete, or not needed", where=transfer_url)
def _nothing_is_left_to_transfer(relationship: Relationship) -> Iterator[str]:
    rows = list(Transfer.objects.filter(relationship=relationship))
    if not rows:
        yield "Plan the technology transfer, or have it confirmed that none is needed."
    for one in rows:
        if one.state not in Transfer.DONE:
            state = one.get_state_display().lower()
            yield f"The technology transfer “{one}” is {state}: complete it first."


__all__ = ["approved_framework", "newest_framework"]
