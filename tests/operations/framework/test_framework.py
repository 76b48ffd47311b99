"""How an operating framework comes about: what it begins with, who approves it, and that it is looked at every year."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from contracts.models import Agreement, Term
from operations.actions import frameworks
from operations.joint.findings import findings, notes
from operations.models import AgreedKpi, EscalationLevel, Framework, KpiDefinition, Meeting
from strategy.models import Consequence, Strategy
from tests.operations.framework.conftest import completed, rows, signed

S = Framework.State


def test_it_begins_with_what_is_usual_at_the_tier(draft: Framework, priya: Any, quinn: Any) -> None:
    assert [one.name for one in draft.meetings.all()] == [
        "Operations review", "Business review", "Joint Steering Committee",
    ]  # fmt: skip
    assert [one.cadence for one in draft.meetings.all()] == ["month", "half_year", "year"]
    ladder = [(one.level, one.business_days) for one in draft.escalation_levels.all()]
    assert ladder == [(0, 0), (1, 2), (2, 5), (3, 10), (4, 20)]
    quality = draft.contact_rows.get(function="Quality")
    assert quality.colleague == quinn and quality.contact.name == "Otto Example"
    assert draft.contact_rows.get(function="Relationship").colleague == priya
    assert {one.definition.state for one in draft.agreed_kpis.all()} == {"in_force"}


def test_it_takes_over_what_the_strategy_asks_for(
    onboarding: Any, vx12: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy = Strategy.objects.create(
        programme=vx12, state="approved", approved_at=timezone.now(), oversight_budget=Decimal(350_000), currency="EUR"
    )
    content = {
        "code": "on-time-in-full", "formula": "x", "direction": "up", "target": "97", "red_line": "90", "unit": "%",
        "category": "delivery",
    }  # fmt: skip
    asked = [
        ("kpi", "kpi.otif", "On time in full", content),
        (
            "kpi",
            "kpi.lar",
            "Lot acceptance rate",
            {**content, "code": "lot-acceptance-rate", "formula": "Released ÷ all"},
        ),
        ("governance", "governance.sponsors", "Joint planning", {"meetings": "A joint plan of capacity once a year."}),
    ]
    for kind, key, title, said in asked:
        Consequence.objects.create(
            strategy=strategy, kind=kind, key=key, title=title, content=said, proposed=said, rule="r", rule_version=1,
            reason="x", source="x", state="accepted",
        )  # fmt: skip
    # How a strategy comes to be signed is not what is shown here.
    monkeypatch.setattr("operations.joint.filling.in_force", lambda relationship: strategy)
    made = edits.create(Framework, {"relationship": onboarding}, actor=alice)
    first, second = made.agreed_kpis.order_by("name").reverse()
    assert (first.definition.code, first.target, first.red_line) == ("on_time_in_full", 97, 90)
    assert second.definition is None and second.counted_as == "Released ÷ all" and second.direction == "up"
    assert made.meetings.get(name="Joint planning").cadence == "year"
    assert made.budget_lines.get().amount == 350_000


def test_nothing_open_goes_to_review(draft: Framework, alice: Any, otto_at_harrow: Any, priya: Any) -> None:
    with pytest.raises(Refused) as refused:
        frameworks.submit(draft, actor=alice)
    assert "Say what both sides want to reach." in refused.value.sentences
    assert any("name their contact" in one for one in refused.value.sentences)
    whole = completed(draft, alice, otto_at_harrow, priya)
    assert findings(whole) == []
    ladder = [row for row in rows(whole, EscalationLevel) if row["level"] not in (0, 2)]
    cut = parts.write(whole, EscalationLevel, ladder, actor=alice)
    assert [one.field for one in findings(cut)] == ["escalation_levels"] * 2
    with pytest.raises(InvalidInput, match="better than the red line"):
        parts.write(
            cut, AgreedKpi, [{"name": "X", "direction": "up", "unit": "%", "target": 80, "red_line": 90}], actor=alice
        )


def test_both_sides_approve_and_no_author(
    in_review: Framework, alice: Any, priya: Any, quinn: Any, erin: Any, otto: Any
) -> None:
    assert in_review.state == S.IN_REVIEW and in_review.counterpart == "project_manager"
    with pytest.raises(Refused, match="not awaited"):
        signed(frameworks.approve, in_review, alice)
    # Our side may sign first; the CMO's word is still awaited.
    found = signed(frameworks.approve, in_review, priya, quinn, erin)
    assert found.state == S.IN_REVIEW
    found = signed(frameworks.approve, found, otto)
    assert found.state == S.APPROVED
    assert found.review_due is not None and 364 <= (found.review_due - timezone.localdate()).days <= 366


def test_where_the_project_manager_wrote_it_sourcing_approves(
    onboarding: Any, priya: Any, alice: Any, otto_at_harrow: Any
) -> None:
    made = edits.create(Framework, {"relationship": onboarding}, actor=priya)
    found = frameworks.submit(completed(made, priya, otto_at_harrow, priya), actor=priya)
    assert found.counterpart == "sourcing"
    with pytest.raises(Refused, match="not awaited"):
        signed(frameworks.approve, found, priya)
    signed(frameworks.approve, found, alice)


def test_only_a_contact_whom_the_matrix_names_signs(
    in_review: Framework, harrow: Any, otto: Any, password_hash: str, other_programme: Any
) -> None:
    from cmo_lifecycle.partners.models import CMO, Contact
    from tests.conftest import make_person

    orla = make_person("orla", ("cmo_contact",), password_hash)
    Contact.objects.create(cmo=harrow, name="Orla Quill", user=orla)
    with pytest.raises(Refused, match="names Otto Example, not you"):
        signed(frameworks.approve, in_review, orla)
    rival = make_person("rita", ("cmo_contact",), password_hash)
    Contact.objects.create(cmo=CMO.objects.create(legal_name="Nordvik"), name="Rita", user=rival)
    with pytest.raises(Framework.DoesNotExist):
        signed(frameworks.approve, in_review, rival)
    back = frameworks.send_back(in_review, actor=otto, reason="The ladder names nobody at night")
    assert back.state == S.RETURNED
    assert not Framework.objects.visible_to(otto).exists()


def test_an_approved_framework_changes_by_its_next_version(
    approved: Framework, alice: Any, priya: Any, quinn: Any, erin: Any, otto: Any
) -> None:
    with pytest.raises(Refused, match="not edited any more"):
        parts.write(approved, Meeting, [], actor=alice)
    made = frameworks.revise(approved, actor=alice, why="A second site")
    assert made.number == 2 and made.escalation_levels.count() == 5 and made.scope == approved.scope
    with pytest.raises(Refused, match="being written already"):
        frameworks.revise(approved, actor=alice, why="Again")
    found = signed(frameworks.approve, frameworks.submit(made, actor=alice), priya, quinn, erin, otto)
    approved.refresh_from_db()
    assert found.state == S.APPROVED and approved.state == S.SUPERSEDED


def test_the_clock_asks_for_the_review_once(approved: Framework, quinn: Any, farid: Any) -> None:
    today = timezone.localdate()
    assert frameworks.ask_for_due_reviews(today) == 0
    Framework.objects.filter(pk=approved.pk).update(review_due=today)
    assert [frameworks.ask_for_due_reviews(today), frameworks.ask_for_due_reviews(today + timedelta(1))] == [1, 0]
    assert Event.objects.of(approved).filter(verb="ask_for_review").count() == 1
    with pytest.raises(NotPermitted):
        frameworks.confirm_review(approved, actor=farid, reason="x")
    found = frameworks.confirm_review(approved, actor=quinn, reason="Looked at with Harrow, nothing to change")
    assert found.review_asked_on is None and (found.review_due - today).days >= 365
    from cmo_lifecycle.workflow.signed import unsigned_roles

    assert unsigned_roles(found) == []


def test_a_target_softer_than_the_contract_is_flagged(draft: Framework, alice: Any, harrow: Any, vx12: Any) -> None:
    contract = edits.create(
        Agreement,
        {
            "reference": "MSA-9", "title": "Supply", "kind": "msa", "cmo": harrow, "programme": vx12,
            "effective_on": "2026-01-01",
        },
        actor=alice,
    )  # fmt: skip
    parts.write(
        contract, Term,
        [{"code": "on_time_in_full", "label": "OTIF", "kind": "level", "unit": "percent", "value": "at least 98"}],
        actor=alice,
    )  # fmt: skip
    told = [one.sentence for one in notes(draft) if "MSA-9" in one.sentence]
    assert len(told) == 1 and "softer than the contract" in told[0]
    raised = [
        {**row, "target": Decimal(98) if row["name"] == "On time in full" else row["target"]}
        for row in rows(draft, AgreedKpi)
    ]
    assert not [one for one in notes(parts.write(draft, AgreedKpi, raised, actor=alice)) if "MSA-9" in one.sentence]


def test_a_definition_that_is_no_longer_in_force_is_told(draft: Framework, quinn: Any, priya: Any, alice: Any) -> None:
    from operations.actions import definitions

    old = KpiDefinition.objects.get(code="on_time_in_full", state="in_force")
    signed(definitions.approve_definition, definitions.revise_definition(old, actor=priya, why="Window"), quinn)
    assert any("version 2 is in force" in one.sentence for one in notes(draft))
