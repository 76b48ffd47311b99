"""What stands before ACTIVE: a manager, a quality agreement in force, qualification, framework, KPIs, transfer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cmo_lifecycle.partners.actions import relationships
from cmo_lifecycle.partners.gates import points
from cmo_lifecycle.partners.models import Qualification
from cmo_lifecycle.workflow.refusals import Refused
from contracts.actions import agreements
from contracts.documents import bring_in
from operations.actions import transfers
from operations.models import Framework, KpiDefinition, Transfer
from tests.contracts.conftest import matrix, signatories, step, written
from tests.operations.framework.conftest import signed


@pytest.fixture
def ready(
    onboarding: Any, alice: Any, quinn: Any, lena: Any, otto: Any, otto_at_harrow: Any, harrow: Any, vx12: Any,
    harrow_site: Any,
) -> Any:  # fmt: skip
    """All that contracting and qualification ask for is there."""
    Qualification.objects.create(
        site=harrow_site, service="drug_substance", scope="Bulk", basis="Audit AR-9", state="approved",
        next_review_on=date.today() + timedelta(days=300),
    )  # fmt: skip
    made = signatories(written(alice, harrow, vx12, "qag", review_years=2), alice, quinn, otto_at_harrow)
    bring_in(made, actor=alice, words="Quality agreement")
    made = agreements.submit(matrix(made, alice), actor=alice)
    made = agreements.send_for_signature(step(agreements.approve, made, quinn, lena), actor=alice)
    agreements.take_effect(step(agreements.sign, made, quinn, otto), actor=alice)
    return onboarding


def test_active_through_the_gates(ready: Any, approved: Framework, transfer: Transfer, priya: Any, quinn: Any) -> None:
    with pytest.raises(Refused) as refused:
        relationships.operate(ready, actor=priya, reason="First batch")
    assert refused.value.sentences == [f"The technology transfer “{transfer}” is planned: complete it first."]
    signed(transfers.declare_not_needed, transfer, quinn, reason="Harrow makes it already")
    assert all(not one.missing for one in points("operate", ready))

    kpi = approved.agreed_kpis.first().definition
    KpiDefinition.objects.filter(pk=kpi.pk).update(state="draft", in_force_from=None)
    with pytest.raises(Refused, match="is a draft"):
        relationships.operate(ready, actor=priya, reason="First batch")
    KpiDefinition.objects.filter(pk=kpi.pk).update(state="in_force")

    Framework.objects.filter(pk=approved.pk).update(goals="Others than were signed")
    with pytest.raises(Refused, match="without a valid signature"):
        relationships.operate(ready, actor=priya, reason="First batch")
    Framework.objects.filter(pk=approved.pk).update(goals=approved.goals)
    assert relationships.operate(ready, actor=priya, reason="First batch").state == "active"


def test_what_is_missing_is_told_with_where_it_is_done(onboarding: Any) -> None:
    missing = {one.label: one for one in points("operate", onboarding) if one.missing}
    assert {"KPIs baselined", "Quality agreement in force, its matrix whole"} <= {*missing}
    assert missing["Operating framework approved by both sides"].url.endswith(f"/add/?relationship={onboarding.pk}")
    assert missing["Technology transfer complete, or not needed"].url.endswith(f"/add/?relationship={onboarding.pk}")
    assert "A named relationship manager" not in missing


def test_a_qualification_for_another_service_does_not_do(
    ready: Any, approved: Framework, transfer: Transfer, priya: Any, quinn: Any, harrow_site: Any
) -> None:
    signed(transfers.declare_not_needed, transfer, quinn, reason="Harrow makes it already")
    type(ready).objects.filter(pk=ready.pk).update(services=["drug_substance", "sterile_fill_finish"])
    with pytest.raises(Refused) as refused:
        relationships.operate(ready, actor=priya, reason="First batch")
    assert len(refused.value.sentences) == 1 and "fill" in refused.value.sentences[0]
    Qualification.objects.create(
        site=harrow_site, service="sterile_fill_finish", scope="Vials", basis="Audit AR-10", state="approved",
        next_review_on=date.today() + timedelta(days=300),
    )  # fmt: skip
    assert relationships.operate(ready, actor=priya, reason="First batch").state == "active"
