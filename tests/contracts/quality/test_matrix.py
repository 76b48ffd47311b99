"""Quinn fills in who answers for what under the quality agreement with Harrow."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput
from contracts import responsibility
from contracts.actions import quality
from contracts.actions.agreements import matrix_rows
from contracts.models import Agreement, Exercise, Subcontractor
from tests.contracts.conftest import step, written


@pytest.fixture
def agreement(quinn: Any, harrow: Any, vx12: Any) -> Agreement:
    return written(quinn, harrow, vx12, "qag")


def sent(agreement: Agreement, **changes: str) -> dict[str, str]:
    rows = {
        f"{row.activity}.{party}": letter for row in responsibility.usual() for party, letter in row.letters.items()
    }
    return {**rows, "version": str(agreement.version), **changes}


def test_the_usual_matrix_is_whole(agreement: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    url = reverse("contracts:responsibilities", args=[agreement.pk])
    assert "24 of 24 activities" in client.get(url).content.decode()
    assert "Look them over" in client.get(f"{url}?usual=1").content.decode()
    assert not agreement.responsibilities.exists()
    assert client.post(url, sent(agreement)).status_code == 302
    agreement.refresh_from_db()
    assert responsibility.complete(matrix_rows(agreement))
    assert "Every activity is decided." in client.get(url).content.decode()


def test_what_is_undecided_is_told_at_its_row(agreement: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    url = reverse("contracts:responsibilities", args=[agreement.pk])
    client.post(url, sent(agreement, **{"recall.sponsor_quality": "", "recall.cmo_quality": "A"}))
    page = client.get(url).content.decode()
    assert "1 of 24 activities" in page and "give the A to one of our units" in page
    assert client.post(url, sent(agreement, **{"recall.cmo_quality": "X"})).status_code in (400, 412)


def test_who_looked_at_an_older_one_is_stopped(agreement: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    url = reverse("contracts:responsibilities", args=[agreement.pk])
    old = sent(agreement)
    client.post(url, old)
    refused = client.post(url, {**old, "recall.cmo_supply": "C"})
    assert refused.status_code == 412 and "changed this agreement" in refused.content.decode()


def test_only_quality_approves_a_subcontractor(agreement: Agreement, alice: Any, quinn: Any) -> None:
    asked = edits.create(
        Subcontractor, {"agreement": agreement, "name": "Alpine Testing", "activity": "Sterility tests"}, actor=alice
    )
    with pytest.raises(Exception, match="how it was qualified"):
        step(quality.approve, asked, quinn)
    asked = edits.update(asked, {"basis": "Audit of 3 March 2026"}, actor=alice)
    assert step(quality.approve, asked, quinn).state == "approved"


def test_a_gap_needs_its_action(agreement: Agreement, quinn: Any) -> None:
    values = {
        "agreement": agreement, "held_on": "2026-06-01", "event": "DEV-12", "participants": "Quinn, Otto",
        "steps": "Told after 30 hours.", "gaps": "The clock says 24 hours.",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="gaps"):
        edits.create(Exercise, values, actor=quinn)
    made = edits.create(Exercise, {**values, "actions": "Otto trains the night shift by 1 July."}, actor=quinn)
    assert step(quality.sign, made, quinn).state == "signed"


def test_no_exercise_of_a_supply_agreement(quinn: Any, harrow: Any, vx12: Any) -> None:
    supply = written(quinn, harrow, vx12, "msa")
    with pytest.raises(InvalidInput, match="no quality agreement"):
        edits.create(Subcontractor, {"agreement": supply, "name": "A", "activity": "B"}, actor=quinn)


def test_the_next_exercise_is_due_a_year_after_the_last(agreement: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    url = agreement.get_absolute_url()
    assert "The next one is due by" not in client.get(url).content.decode()
    Agreement.objects.filter(pk=agreement.pk).update(
        state="effective", executed_on="2026-01-01", effective_since="2026-01-15"
    )
    page = client.get(url).content.decode()
    assert "The next one is due by" in page and "15 Jan 2027" in page
    made = edits.create(
        Exercise,
        {
            "agreement": agreement, "held_on": "2026-06-01", "event": "DEV-12", "participants": "Quinn, Otto",
            "steps": "Told after 20 hours.",
        },
        actor=quinn,
    )  # fmt: skip
    assert "15 Jan 2027" in client.get(url).content.decode()
    step(quality.sign, made, quinn)
    page = client.get(url).content.decode()
    assert "1 Jun 2027" in page and "15 Jan 2027" not in page and ">1 Jun 2026<" in page
