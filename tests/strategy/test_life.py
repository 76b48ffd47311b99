"""The life of a strategy: written by Alice, approved by Erin and Quinn, never changed, followed by its next version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.workflow import desk, edits, parts, signing
from cmo_lifecycle.workflow.models import Approval, Event, Signature
from cmo_lifecycle.workflow.refusals import InvalidInput, NotFromHere, NotPermitted, Refused
from cmo_lifecycle.workflow.signed import unsigned_roles
from strategy.actions import consequences as decide
from strategy.actions import strategies as verbs
from strategy.actions.relationships import in_force
from strategy.findings import findings
from strategy.models import AttributeWeight, Consequence, Objective, Strategy
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
S = Strategy.State


def sign(strategy: Strategy, *people: Any) -> Strategy:
    for person in people:
        strategy = verbs.approve(strategy, actor=person, password=PASSWORD, email=person.email)
    return strategy


@pytest.fixture
def submitted(written: Strategy, alice: Any) -> Strategy:
    decide.accept_all(written, actor=alice)
    return verbs.submit(written, actor=alice)


@pytest.fixture
def approved(submitted: Strategy, erin: Any, quinn: Any) -> Strategy:
    return sign(submitted, erin, quinn)


def test_a_strategy_is_reviewed_once_everything_is_there(written: Strategy, alice: Any) -> None:
    undecided = written.consequences.count()
    assert [finding.sentence for finding in findings(written)] == [
        f"{undecided} consequences are undecided: accept, change or decline each."
    ]
    with pytest.raises(Refused):
        verbs.submit(written, actor=alice)
    assert decide.accept_all(written, actor=alice) == undecided > 20
    assert verbs.submit(written, actor=alice).state == S.IN_REVIEW


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("core_competency", "", "Answer whether this is a core competency."),
        ("intent_rationale", "", "Say why it is sourced so over time."),
        ("alternate_by", None, "Say by when the alternate source is ready."),
        ("duration", "", "Answer how long the relationship is to last."),
        ("exit_intent", " ", "State how the relationship would be left, and what must be in hand then."),
        ("tier", None, "Give the risk tier."),
        ("review_due", None, "Say when the strategy is reviewed next."),
        ("currency", "", "Give the currency of this strategy."),
        ("horizon_to", 2031, "There is no demand for 2031; enter it, 0 where nothing is needed."),
    ],
)
def test_what_is_missing_holds_the_review(written: Strategy, alice: Any, field: str, value: Any, sentence: str) -> None:
    strategy = edits.update(written, {field: value}, actor=alice)
    decide.accept_all(strategy, actor=alice)
    assert [finding.sentence for finding in findings(strategy)] == [sentence]
    with pytest.raises(Refused, match="^" + sentence.replace("?", r"\?")):
        verbs.submit(strategy, actor=alice)


def test_a_risk_over_the_gate_needs_an_action_or_a_word(written: Strategy, alice: Any) -> None:
    risk = parts.parts_of(Strategy)["risks"]
    rows = [
        {**{name: getattr(row, name) for name in risk.columns}, "accepted_because": ""} for row in written.risks.all()
    ]
    strategy = parts.write(written, risk, rows, actor=alice)
    sentences = [finding.sentence for finding in findings(strategy) if finding.field == "risks"]
    assert sentences == [
        "“The only fill line is down in the launch quarter” needs an action with owner and day, or a written"
        " acceptance: RPN 108, severity 9."
    ]


def test_two_others_approve_and_the_author_does_not(submitted: Strategy, alice: Any, erin: Any, quinn: Any) -> None:
    alice.groups.add(*erin.groups.all())
    alice = type(alice).objects.get(pk=alice.pk)
    with pytest.raises(Refused, match="Whoever wrote a record does not approve it"):
        verbs.approve(submitted, actor=alice, password=PASSWORD, email=alice.email)
    assert [str(one.record) for one in desk.waiting_for(erin)] == [str(submitted)]
    half = sign(submitted, erin)
    assert half.state == S.IN_REVIEW
    whole = sign(half, quinn)
    assert (whole.state, whole.approved_at is not None) == (S.APPROVED, True)
    signatures = Signature.objects.of(whole).order_by("at")
    assert [(one.printed_name, one.role, one.meaning) for one in signatures] == [
        ("Erin Example", "executive", "I approve this partnering strategy"),
        ("Quinn Example", "quality", "I approve this partnering strategy"),
    ]
    assert all(row.is_genuine and row.is_current for row in signing.standing(whole))


def test_who_is_neither_executive_nor_quality_does_not_approve(submitted: Strategy, priya: Any, mallory: Any) -> None:
    with pytest.raises(NotPermitted):
        verbs.approve(submitted, actor=priya, password=PASSWORD, email=priya.email)
    with pytest.raises(Strategy.DoesNotExist):
        verbs.approve(submitted, actor=mallory, password=PASSWORD, email=mallory.email)


def test_sent_back_it_is_written_on_and_asks_for_new_words(
    submitted: Strategy, alice: Any, erin: Any, quinn: Any
) -> None:
    sign(submitted, erin)
    back = verbs.send_back(submitted, actor=quinn, reason="The alternate source comes too late")
    assert back.state == S.UNDER_REVISION
    assert not Approval.objects.of(back).filter(status=Approval.Status.WAITING).exists()
    changed = edits.update(back, {"alternate_plan": "A second site from the start."}, actor=alice)
    again = verbs.submit(changed, actor=alice)
    assert sorted(Approval.objects.of(again).filter(status="waiting").values_list("role", flat=True)) == [
        "executive", "quality",
    ]  # fmt: skip
    assert sign(again, quinn).state == S.IN_REVIEW
    assert not all(row.is_current for row in signing.standing(again))


def test_an_approved_version_is_not_changed_through_any_door(approved: Strategy, alice: Any) -> None:
    with pytest.raises(Refused, match="is not edited any more"):
        edits.update(approved, {"scope": "Something else"}, actor=alice, reason="I want to")
    with pytest.raises(Refused, match="is not edited any more"):
        parts.write(approved, Objective, [], actor=alice, reason="I want to")
    consequence = approved.consequences.first()
    with pytest.raises(Refused, match="Revise it to decide otherwise"):
        decide.decline(consequence, actor=alice, reason="I want to")
    with pytest.raises(NotFromHere):
        verbs.abandon(approved, actor=alice, reason="I want to")


def test_what_is_changed_behind_the_doors_stands_in_the_trail_and_breaks_the_signature(approved: Strategy) -> None:
    last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE strategy_strategy SET scope = 'Something else' WHERE id = %s", [approved.pk])
        cursor.execute(
            "UPDATE strategy_objective SET text = 'Another aim' WHERE strategy_id = %s AND position = 0", [approved.pk]
        )
    entries = AuditEntry.objects.filter(id__gt=last).order_by("id")
    assert [(one.table_name, one.op) for one in entries] == [
        ("strategy_strategy", "U"), ("strategy_objective", "U"),
    ]  # fmt: skip
    approved.refresh_from_db()
    assert not any(row.is_current for row in signing.standing(approved))
    assert unsigned_roles(approved) == ["executive", "quality"]


def test_a_state_that_nobody_signed_for_is_not_believed(
    written: Strategy, relationship: Any, alice: Any, client: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE strategy_strategy SET state = 'approved', approved_at = now() WHERE id = %s", [written.pk]
        )
    written.refresh_from_db()
    assert unsigned_roles(written) == ["executive", "quality"]
    assert in_force(relationship) is None
    client.force_login(alice)
    said = client.get(written.get_absolute_url()).content.decode()
    assert "without a valid signature of Executive and Quality" in said


def test_the_next_version_begins_as_a_copy_and_supersedes_when_approved(
    approved: Strategy, alice: Any, priya: Any, erin: Any, quinn: Any
) -> None:
    with pytest.raises(InvalidInput):
        verbs.revise(approved, actor=alice, why=" ")
    with pytest.raises(InvalidInput, match="Version 1 of its strategy is approved: revise that one"):
        edits.create(Strategy, {"programme": approved.programme}, actor=alice)
    second = verbs.revise(approved, actor=alice, why="Demand has doubled")
    assert (second.number, second.state, second.revises) == (2, S.UNDER_REVISION, approved)
    for name, part in parts.parts_of(Strategy).items():
        first_rows, second_rows = parts.rows_of(approved, part), parts.rows_of(second, part)
        assert [row.values() for row in first_rows] == [row.values() for row in second_rows], name
        assert [row.key for row in first_rows] == [row.key for row in second_rows], name
        assert not {row.pk for row in first_rows} & {row.pk for row in second_rows}
    with pytest.raises(Refused, match="Version 2 is being written already"):
        verbs.revise(approved, actor=priya, why="Me too")

    # What was decided on the very same proposals stands, and says where it was decided.
    inherited = second.consequences.all()
    assert {one.state for one in inherited} == {Consequence.State.ACCEPTED}
    assert all(one.inherits.strategy == approved for one in inherited)

    third = verbs.submit(second, actor=alice)
    approved.refresh_from_db()
    assert approved.state == S.APPROVED
    second = sign(third, erin, quinn)
    approved.refresh_from_db()
    assert (second.state, approved.state) == (S.APPROVED, S.SUPERSEDED)
    because = Event.objects.of(approved).get(verb="supersede")
    assert (because.cause.verb, because.cause.record_id) == ("approve", second.pk)


def test_a_changed_answer_asks_again_and_withdraws_what_no_longer_follows(approved: Strategy, alice: Any) -> None:
    second = verbs.revise(approved, actor=alice, why="We build a second line ourselves")
    assert second.consequences.get(key="mechanism:no_exclusivity").state == "accepted"
    edits.update(second, {"alternates": "sole", "alternate_by": None}, actor=alice)
    gone = second.consequences.get(key="mechanism:no_exclusivity")
    assert gone.state == "withdrawn"
    assert Event.objects.of(gone).get(verb="withdraw").cause.verb == "edit"
    assert second.consequences.filter(state="proposed").exists()
    assert approved.consequences.get(key="mechanism:no_exclusivity").state == "accepted"


def test_a_weight_shifts_its_criterion_and_a_must_have_asks_anew(written: Strategy, alice: Any) -> None:
    decide.accept_all(written, actor=alice)
    criterion = written.consequences.get(key="criterion:total_cost")
    rows = [{name: getattr(row, name) for name in AttributeWeight.columns} for row in written.attributes.all()]
    rows[0]["weight"], rows[2]["weight"] = Decimal(30), Decimal(35)
    parts.write(written, AttributeWeight, rows, actor=alice)
    now = written.consequences.get(key="criterion:total_cost")
    assert (now.state, Decimal(now.content["weight"]) > Decimal(criterion.content["weight"])) == ("accepted", True)
    total = sum(Decimal(one.content["weight"]) for one in written.consequences.binding().filter(kind="criterion"))
    assert total == 100

    edits.update(written, {"alternate_by": date(2028, 12, 31)}, actor=alice)
    asked = written.consequences.filter(state="proposed")
    assert asked and all(Event.objects.of(one).filter(verb="ask_again").count() == 1 for one in asked)


def test_one_kind_is_accepted_at_once(written: Strategy, alice: Any, quinn: Any) -> None:
    kpis = written.consequences.filter(kind="kpi").count()
    with pytest.raises(NotPermitted):
        decide.accept_all(written, actor=quinn)
    assert decide.accept_all(written, actor=alice, kind="kpi") == kpis > 5
    assert set(written.consequences.exclude(kind="kpi").values_list("state", flat=True)) == {"proposed"}
    told = Event.objects.filter(verb="accept").values_list("actor", "from_state", "to_state")
    assert list(told) == [(alice.pk, "proposed", "accepted")] * kpis


def test_a_consequence_is_changed_or_declined_with_a_reason_and_keeps_what_was_proposed(
    written: Strategy, alice: Any, quinn: Any
) -> None:
    priority = written.consequences.filter(kind="priority").first()
    other = {**priority.proposed, "target": "Two lines held for us"}
    with pytest.raises(InvalidInput):
        decide.change(priority, actor=alice, content=other)
    with pytest.raises(InvalidInput) as refused:
        decide.change(priority, actor=alice, reason="Ours is better", content={"rank": "first", "goal": "x"})
    assert {name: len(said) for name, said in refused.value.errors.items()}.keys() >= {
        "content.rank", "content.target", "content.goal",
    }  # fmt: skip
    changed = decide.change(priority, actor=alice, reason="Ours is better", content=other)
    assert (changed.state, changed.content["target"], changed.decision_reason) == (
        "changed", "Two lines held for us", "Ours is better",
    )  # fmt: skip
    assert changed.proposed["target"] != changed.content["target"]
    declined = decide.decline(changed, actor=alice, reason="Not needed at all")
    assert declined not in written.consequences.filter(pk__in=Consequence.objects.binding())
    with pytest.raises(NotPermitted):
        decide.reconsider(declined, actor=quinn)
    assert decide.reconsider(declined, actor=alice).state == "proposed"


def test_a_draft_is_given_up_and_the_next_one_begun(written: Strategy, alice: Any, vx12: Any) -> None:
    with pytest.raises(InvalidInput, match="being written already"):
        edits.create(Strategy, {"programme": vx12}, actor=alice)
    assert verbs.abandon(written, actor=alice, reason="The programme was stopped").state == S.RETIRED
    assert edits.create(Strategy, {"programme": vx12}, actor=alice).number == 2


def test_a_relationship_says_under_which_version_it_was_approved(
    relationship: Any, submitted: Strategy, alice: Any, erin: Any, quinn: Any, other_programme: Any
) -> None:
    from cmo_lifecycle.partners.actions.relationships import approve_strategy
    from cmo_lifecycle.partners.models import CMO, Relationship

    fresh = edits.create(
        Relationship,
        {"cmo": CMO.objects.create(legal_name="Nordvik", country="DK"), "programme": relationship.programme},
        actor=alice,
    )
    with pytest.raises(Refused, match="Write the programme's partnering strategy and have it approved first"):
        approve_strategy(fresh, actor=erin, reason="It is")
    first = sign(submitted, erin, quinn)
    approve_strategy(fresh, actor=erin, reason="It is")
    second = verbs.revise(first, actor=alice, why="Demand has doubled")
    sign(verbs.submit(second, actor=alice), erin, quinn)
    assert fresh.strategy_link.strategy == first


def test_who_submits_or_decides_what_it_asks_for_does_not_approve(
    written: Strategy, alice: Any, priya: Any, erin: Any, quinn: Any
) -> None:
    decide.accept_all(written, actor=priya)
    submitted = verbs.submit(written, actor=priya)
    priya.groups.add(*quinn.groups.all())
    priya = type(priya).objects.get(pk=priya.pk)
    with pytest.raises(Refused, match="Whoever wrote a record does not approve it"):
        sign(submitted, priya)
    assert sign(submitted, erin, quinn).state == S.APPROVED


def test_a_revision_given_up_leaves_room_for_the_next(approved: Strategy, alice: Any) -> None:
    second = verbs.revise(approved, actor=alice, why="Demand has doubled")
    verbs.abandon(second, actor=alice, reason="It has not")
    assert approved.revised_by is None
    third = verbs.revise(approved, actor=alice, why="Now it has")
    assert (third.number, third.revises, approved.revised_by) == (3, approved, third)


def test_what_follows_keeps_up_with_the_programme(written: Strategy, alice: Any, vx12: Any) -> None:
    decide.accept_all(written, actor=alice)
    assert written.consequences.get(key="mechanism:cell_bank_return").state == "accepted"
    edits.update(vx12, {"modality": "small_molecule"}, actor=alice)
    assert written.consequences.get(key="mechanism:cell_bank_return").state == "withdrawn"


def test_an_attribute_that_was_signed_is_not_renamed(approved: Strategy, alice: Any) -> None:
    used = approved.attributes.first().attribute
    with pytest.raises(InvalidInput) as refused:
        edits.update(used, {"name": "Cheapest price"}, actor=alice, reason="It sounds better")
    assert list(refused.value.errors) == ["name"]
    described = edits.update(used, {"description": "What we mean by it, said better."}, actor=alice, reason="Clearer")
    assert all(row.is_current for row in signing.standing(approved))
    assert described.description.endswith("said better.")


def test_what_shifts_under_a_decision_is_written_down(written: Strategy, alice: Any) -> None:
    decide.accept_all(written, actor=alice)
    before = written.consequences.get(key="criterion:total_cost").content
    rows = [{name: getattr(row, name) for name in AttributeWeight.columns} for row in written.attributes.all()]
    rows[0]["weight"], rows[2]["weight"] = Decimal(30), Decimal(35)
    parts.write(written, AttributeWeight, rows, actor=alice)
    criterion = written.consequences.get(key="criterion:total_cost")
    told = Event.objects.of(criterion).get(verb="adjust")
    assert told.changes == {"content": [before, criterion.content]}
    assert (told.actor, told.cause.verb) == (alice, "edit")


@pytest.mark.parametrize("weight", ["-1", "101", "1e2", "٣", "1_0", "NaN", "9" * 4001])
def test_a_criterion_weighs_what_a_criterion_can_weigh(written: Strategy, alice: Any, weight: str) -> None:
    criterion = written.consequences.filter(kind="criterion").first()
    with pytest.raises(InvalidInput) as refused:
        decide.change(criterion, actor=alice, reason="So", content={**criterion.proposed, "weight": weight})
    assert list(refused.value.errors) == ["content.weight"]


def test_a_long_register_is_written_with_few_questions(
    written: Strategy, alice: Any, priya: Any, django_assert_max_num_queries: Any
) -> None:
    risk = parts.parts_of(Strategy)["risks"]
    rows = [
        {"text": f"Risk {n}", "category": "supply", "severity": 2, "occurrence": 2, "detection": 2, "owner": priya}
        for n in range(200)
    ]
    with django_assert_max_num_queries(80):
        parts.write(written, risk, rows, actor=alice)
    assert written.risks.count() == 200


@pytest.mark.django_db(transaction=True)
def test_nothing_is_reconsidered_while_it_is_submitted(written: Strategy, alice: Any, priya: Any) -> None:
    """Whichever comes first, a strategy in review has nothing undecided."""
    decide.accept_all(written, actor=alice)
    one = written.consequences.first()
    said: list[str] = []

    def doing(work: Any) -> None:
        try:
            work()
            said.append("done")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    for _ in range(6):
        threads = [
            Thread(target=doing, args=(lambda: verbs.submit(written, actor=priya),)),
            Thread(target=doing, args=(lambda: decide.reconsider(one, actor=alice),)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        now = Strategy.objects.get(pk=written.pk)
        if now.state == S.IN_REVIEW:
            assert not now.consequences.filter(state="proposed").exists()
            verbs.send_back(now, actor=alice, reason="Once more")
        else:
            decide.accept(Consequence.objects.get(pk=one.pk), actor=alice)
    assert len(said) == 12
