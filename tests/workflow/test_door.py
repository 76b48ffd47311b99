"""The one door: what it asks, what it writes, what it refuses."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from cmo_lifecycle.accounts.actions import accept_statement
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.partners.actions import qualifications, relationships, tiers
from cmo_lifecycle.partners.models import Qualification, Relationship, TierAssessment
from cmo_lifecycle.workflow import desk, edits, signing
from cmo_lifecycle.workflow.models import Approval, Event, Signature
from cmo_lifecycle.workflow.refusals import (
    InvalidInput,
    NotFromHere,
    NotPermitted,
    NotSigned,
    Refused,
    Stale,
)
from cmo_lifecycle.workflow.transitions import all_nouns, steps_for, transitions_of
from operations.actions import reviews as review_verbs
from operations.models import Category, KpiDefinition, KpiObservation, Review, ScoringPolicy
from tests.conftest import PASSWORD

Q = Qualification.State
NEXT_YEAR = timezone.localdate() + timedelta(days=365)


@pytest.fixture
def entry(harrow_site: Any, alice: Any) -> Qualification:
    """Alice put Harrow's site on the list; its audit report is named."""
    return edits.create(
        Qualification,
        {
            "site": harrow_site,
            "service": "sterile_fill_finish",
            "scope": "Aseptic filling of vials",
            "basis": "Audit report AR-22-014",
        },
        actor=alice,
    )


@pytest.fixture
def assessment(relationship: Any, tom: Any) -> TierAssessment:
    return edits.create(
        TierAssessment,
        {
            "relationship": relationship,
            "product_impact": 3,
            "detectability": 3,
            "data_integrity": 2,
            "supply_continuity": 3,
            "rationale": "Sterile product, one site",
            "assessed_on": date(2026, 3, 2),
        },
        actor=tom,
    )


@pytest.fixture
def review(relationship: Any) -> Review:
    """A scored review that waits for its two signatures."""
    policy = ScoringPolicy.objects.filter(state="in_force").first() or ScoringPolicy.objects.create(
        number=1, state="in_force"
    )
    definition = KpiDefinition.objects.create(
        code="story",
        name="Story",
        category=Category.DELIVERY,
        formula="on_time",
        formula_words="x",
        numerator_words="x",
        denominator_words="x",
        unit="%",
        direction="up",
        target=95,
        red_line=85,
    )
    found = Review.objects.create(
        relationship=relationship,
        cadence="quarter",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 3, 31),
        label="Q1 2026",
        opened_at=timezone.now(),
        policy=policy,
        state=Review.State.SCORED,
        score=90,
    )
    KpiObservation.objects.create(
        review=found, definition=definition, category="delivery", state="ok", numerator=9, denominator=10, value=90
    )
    from cmo_lifecycle.workflow.transitions import ask_for_approvals

    ask_for_approvals(found)
    return found


def start(entry: Qualification, quinn: User) -> Qualification:
    return qualifications.start(entry, actor=quinn)


def test_quality_approves_a_site_and_all_of_it_is_written_down(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    entry = qualifications.approve(
        entry, actor=quinn, password=PASSWORD, reason="Audit closed", next_review_on=NEXT_YEAR
    )
    assert (entry.state, entry.version, entry.next_review_on) == (Q.APPROVED, 3, NEXT_YEAR)
    event = Event.objects.of(entry).get(verb="approve")
    assert (event.actor, event.from_state, event.to_state, event.reason, event.record_version) == (
        quinn,
        "in_qualification",
        "approved",
        "Audit closed",
        3,
    )
    assert event.inputs == {"next_review_on": NEXT_YEAR.isoformat()}
    assert event.related == entry.site.cmo
    signature = Signature.objects.get(event=event)
    assert (signature.printed_name, signature.meaning, signature.role) == (
        "Quinn Example",
        "I approve this site for this scope",
        "quality",
    )
    assert [(row.is_current, row.signature.record_version) for row in signing.standing(entry)] == [(True, 3)]
    trail = AuditEntry.objects.of(entry).order_by("-id").first()
    assert (trail.actor, trail.event, trail.new["state"]) == (f"user:{quinn.pk}", event.pk, "approved")


def test_only_quality_decides(entry: Any, alice: Any, erin: Any, adam: Any, audra: Any, quinn: Any) -> None:
    for person in (alice, erin, adam, audra):
        with pytest.raises(NotPermitted, match=r"Start is for: Quality\."):
            qualifications.start(entry, actor=person)
    assert Event.objects.of(entry).count() == 1


def test_somebody_who_cannot_see_it_finds_nothing(relationship: Any, mallory: Any, otto: Any) -> None:
    for person in (mallory, otto):
        with pytest.raises(Relationship.DoesNotExist):
            relationships.start_change(relationship, actor=person, reason="x")
        with pytest.raises(Relationship.DoesNotExist):
            edits.update(relationship, {"notes": "x"}, actor=person, reason="x")


def test_a_step_from_the_wrong_state_changes_nothing(entry: Any, quinn: Any) -> None:
    with pytest.raises(
        NotFromHere, match=r"is possible from “In qualification” or “Conditional”; .* is at “Candidate”"
    ):
        qualifications.approve(entry, actor=quinn, password=PASSWORD, reason="x", next_review_on=NEXT_YEAR)
    entry.refresh_from_db()
    assert (entry.state, entry.version) == (Q.CANDIDATE, 1)
    assert Event.objects.of(entry).count() == 1


def test_a_gate_says_what_is_missing(entry: Any, quinn: Any, alice: Any) -> None:
    entry = start(entry, quinn)
    entry = edits.update(entry, {"basis": ""}, actor=quinn, reason="Wrong report")
    with pytest.raises(Refused, match="Name the audits or reports that the decision rests on"):
        qualifications.approve(entry, actor=quinn, password=PASSWORD, reason="x", next_review_on=NEXT_YEAR)


def test_a_reason_is_asked_where_it_must_be(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    with pytest.raises(InvalidInput) as refused:
        qualifications.approve(entry, actor=quinn, password=PASSWORD, reason="  ", next_review_on=NEXT_YEAR)
    assert list(refused.value.errors) == ["reason"]


def test_a_body_that_refuses_leaves_nothing_behind(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    with pytest.raises(InvalidInput) as refused:
        qualifications.approve(entry, actor=quinn, password=PASSWORD, reason="x", next_review_on=timezone.localdate())
    assert refused.value.errors == {"next_review_on": ["Choose a day after today."]}
    entry.refresh_from_db()
    assert (entry.state, Signature.objects.count(), Event.objects.of(entry).count()) == (Q.IN_QUALIFICATION, 0, 2)


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_no_signature_without_the_password(entry: Any, quinn: Any, password: str | None) -> None:
    entry = start(entry, quinn)
    with pytest.raises(NotSigned):
        qualifications.reject(entry, actor=quinn, password=password, reason="x")
    entry.refresh_from_db()
    assert (entry.state, Signature.objects.count()) == (Q.IN_QUALIFICATION, 0)
    told = AccountEvent.objects.get(person=quinn)
    assert (told.kind, told.details["step"]) == ("signature_refused", "Reject")


def test_a_token_of_another_system_opens_no_back_door(review: Any, relationship: Any, vx12: Any) -> None:
    other = User.objects.create(email="erp@service.invalid", name="ERP", is_service=True)
    with pytest.raises(Relationship.DoesNotExist):
        edits.update(relationship, {"notes": "x"}, actor=other, reason="x")
    vx12.members.add(other)
    for role in ("project_manager", "quality"):
        other.groups.add(Group.objects.get(name=role))
    other = User.objects.get(pk=other.pk)
    assert edits.update(relationship, {"notes": "x"}, actor=other, reason="x").notes == "x"
    with pytest.raises(NotPermitted):
        review_verbs.sign_off(review, actor=other, password="x")


def test_another_persons_password_does_not_sign(entry: Any, quinn: Any, alice: Any) -> None:
    entry = start(entry, quinn)
    alice.set_password("Alice's own long password")
    alice.save()
    with pytest.raises(NotSigned, match="The password is not right"):
        qualifications.reject(entry, actor=quinn, password="Alice's own long password", reason="x")


def test_five_wrong_passwords_lock_signing(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    for _ in range(5):
        with pytest.raises(NotSigned, match="not right"):
            qualifications.reject(entry, actor=quinn, password="wrong", reason="x")
    with pytest.raises(NotSigned, match="Signing is locked for 15 minutes"):
        qualifications.reject(entry, actor=quinn, password=PASSWORD, reason="x")


def test_nobody_signs_before_accepting_the_statement(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    quinn.statement_version = ""
    quinn.save()
    with pytest.raises(NotSigned, match="accept the accountability statement"):
        qualifications.reject(entry, actor=quinn, password=PASSWORD, reason="x")
    quinn = accept_statement(quinn)
    assert qualifications.reject(entry, actor=quinn, password=PASSWORD, reason="x").state == Q.REJECTED


def test_the_first_signature_of_a_session_asks_for_the_email_too(entry: Any, quinn: Any) -> None:
    session: dict[str, Any] = {}
    entry = start(entry, quinn)
    with pytest.raises(NotSigned, match="first signature since you signed in"):
        qualifications.reject(entry, actor=quinn, password=PASSWORD, session=session, reason="x")
    with pytest.raises(NotSigned, match="not the e-mail address"):
        qualifications.reject(
            entry, actor=quinn, password=PASSWORD, email="alice@vantara.example", session=session, reason="x"
        )
    entry = qualifications.reject(
        entry, actor=quinn, password=PASSWORD, email="Quinn@vantara.example", session=session, reason="x"
    )
    entry = qualifications.readmit(entry, actor=quinn, reason="New audit")
    entry = start(entry, quinn)
    assert qualifications.reject(entry, actor=quinn, password=PASSWORD, session=session, reason="x").state == Q.REJECTED


def test_a_service_account_never_signs(entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    with pytest.raises(NotPermitted):
        qualifications.reject(entry, actor=User.objects.service("schedule"), password="x", reason="x")
    with pytest.raises(NotSigned, match="A service account cannot sign"):
        signing.prove(User.objects.service("schedule"), signing.Credentials(password="x"))


def test_two_roles_sign_off_a_review(review: Any, priya: Any, quinn: Any) -> None:
    review = review_verbs.sign_off(review, actor=priya, password=PASSWORD)
    assert review.state == Review.State.SCORED
    assert review_verbs.sign_off.waiting_roles(review) == ["quality"]
    with pytest.raises(Refused, match="not awaited here any more"):
        review_verbs.sign_off(review, actor=priya, password=PASSWORD)
    review = review_verbs.sign_off(review, actor=quinn, password=PASSWORD)
    assert review.state == Review.State.SIGNED_OFF
    assert [row.role for row in Signature.objects.of(review)] == ["project_manager", "quality"]
    assert Approval.objects.of(review).filter(status="given").count() == 2


def test_one_person_never_fills_two_roles(review: Any, quinn: Any, priya: Any) -> None:
    priya.groups.add(Group.objects.get(name="quality"))
    both = User.objects.get(pk=priya.pk)
    review = review_verbs.sign_off(review, actor=both, password=PASSWORD)
    with pytest.raises(Refused, match="another person has to give it as Quality"):
        review_verbs.sign_off(review, actor=both, password=PASSWORD)
    assert review.state == Review.State.SCORED
    assert not desk.waiting_for(both).exists()


def test_an_author_never_approves(relationship: Any, quinn: Any) -> None:
    assessment = edits.create(
        TierAssessment,
        {
            "relationship": relationship,
            "product_impact": 1,
            "detectability": 1,
            "data_integrity": 1,
            "supply_continuity": 1,
            "rationale": "x",
            "assessed_on": date(2026, 3, 2),
        },
        actor=quinn,
    )
    with pytest.raises(Refused, match="Whoever wrote a record does not approve it"):
        tiers.approve(assessment, actor=quinn, password=PASSWORD)


def test_whoever_put_a_site_on_the_list_does_not_approve_it(harrow_site: Any, quinn: Any, mallory: Any) -> None:
    mallory.groups.add(Group.objects.get(name="quality"))
    other = User.objects.get(pk=mallory.pk)
    values = {"site": harrow_site, "service": "packaging", "scope": "Cartons", "basis": "Audit report AR-22-015"}
    entry = start(edits.create(Qualification, values, actor=quinn), quinn)
    given: dict[str, Any] = {"password": PASSWORD, "reason": "Audit closed", "next_review_on": NEXT_YEAR}
    for verb, more in ((qualifications.approve, {}), (qualifications.approve_conditionally, {"conditions": "Watch"})):
        with pytest.raises(Refused, match="Whoever entered a record does not approve it"):
            verb(entry, actor=quinn, **given, **more)
    blocked = {step.verb: step.blocked for step in steps_for(entry, quinn)}
    assert "Whoever entered" in blocked["approve"][0] and blocked["reject"] == ()
    assert not Signature.objects.of(entry).exists()
    assert qualifications.approve(entry, actor=other, **given).state == Q.APPROVED


def test_whoever_edited_it_is_an_author_too(assessment: Any, quinn: Any) -> None:
    assessment = edits.update(assessment, {"product_impact": 2}, actor=quinn)
    with pytest.raises(Refused, match="Whoever wrote a record does not approve it"):
        tiers.approve(assessment, actor=quinn, password=PASSWORD)


def test_a_consequence_names_its_cause(assessment: Any, relationship: Any, quinn: Any) -> None:
    tiers.approve(assessment, actor=quinn, password=PASSWORD)
    relationship.refresh_from_db()
    assert relationship.tier == 1
    event = Event.objects.of(relationship).get(verb="edit")
    assert event.cause == Event.objects.of(assessment).get(verb="approve")
    assert event.changes == {"tier": [2, 1]}


def test_a_later_assessment_supersedes_the_earlier(assessment: Any, quinn: Any, tom: Any) -> None:
    tiers.approve(assessment, actor=quinn, password=PASSWORD)
    second = edits.create(
        TierAssessment,
        {
            "relationship": assessment.relationship,
            "product_impact": 1,
            "detectability": 2,
            "data_integrity": 2,
            "supply_continuity": 2,
            "rationale": "Second source found",
            "assessed_on": date(2026, 9, 1),
        },
        actor=tom,
    )
    tiers.approve(second, actor=quinn, password=PASSWORD)
    assessment.refresh_from_db()
    assert assessment.state == TierAssessment.State.SUPERSEDED
    assert assessment.relationship.tier == 2


def test_a_verb_without_roles_cannot_be_taken_by_hand(assessment: Any, quinn: Any) -> None:
    tiers.approve(assessment, actor=quinn, password=PASSWORD)
    with pytest.raises(NotPermitted, match="done by the schedule, not by people"):
        tiers.supersede(assessment, actor=quinn)


def test_an_edit_after_an_approval_asks_again(review: Any, priya: Any, quinn: Any) -> None:
    review_verbs.sign_off(review, actor=quinn, password=PASSWORD)
    edits.update(review, {"comment": "Held at customs"}, actor=priya, reason="Said in the call")
    standings = signing.standing(Review.objects.get(pk=review.pk))
    assert [(item.is_genuine, item.is_current) for item in standings] == [(True, False)]
    assert standings[0].sentence == "Signed version 1; the record has changed since."
    assert sorted(review_verbs.sign_off.waiting_roles(review)) == ["project_manager", "quality"]


def test_any_change_of_what_was_signed_shows(review: Any, priya: Any) -> None:
    review_verbs.sign_off(review, actor=priya, password=PASSWORD)
    fresh = Review.objects.get(pk=review.pk)
    assert [item.is_current for item in signing.standing(fresh)] == [True]
    KpiObservation.objects.filter(review=review).update(numerator=10)
    assert [item.is_current for item in signing.standing(Review.objects.get(pk=review.pk))] == [False]


def test_a_changed_or_moved_signature_shows(review: Any, priya: Any, entry: Any) -> None:
    review_verbs.sign_off(review, actor=priya, password=PASSWORD)
    Signature.objects.of(review).update(printed_name="Somebody Else")
    assert [item.is_genuine for item in signing.standing(review)] == [False]
    moved = Signature.objects.of(review).get()
    moved.printed_name = "Priya Example"
    moved.record = entry
    moved.save()
    assert [item.is_genuine for item in signing.standing(entry)] == [False]


def test_a_stale_save_is_stopped_and_says_who(relationship: Any, alice: Any, priya: Any) -> None:
    edits.update(relationship, {"notes": "Alice's"}, actor=alice, version=1, reason="Call of 3 May")
    with pytest.raises(Stale, match="Alice Example changed this relationship after you opened it") as refused:
        edits.update(relationship, {"notes": "Priya's"}, actor=priya, version=1, reason="x")
    assert refused.value.version == 2
    assert refused.value.changes[0]["changes"] == {"notes": ["", "Alice's"]}
    relationship.refresh_from_db()
    assert relationship.notes == "Alice's"


def test_a_stale_step_is_stopped(relationship: Any, alice: Any, priya: Any) -> None:
    edits.update(relationship, {"notes": "x"}, actor=alice, reason="y")
    with pytest.raises(Stale):
        relationships.start_change(relationship, actor=priya, version=1, reason="x")


def test_an_edit_without_a_change_writes_nothing(relationship: Any, priya: Any) -> None:
    same = edits.update(relationship, {"notes": "", "sites": list(relationship.sites.all())}, actor=priya)
    assert same.version == 1
    assert not Event.objects.of(relationship).exists()


def test_an_edit_in_use_needs_a_reason(relationship: Any, priya: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        edits.update(relationship, {"notes": "x"}, actor=priya)
    assert refused.value.errors == {"reason": ["Say why you change it: the record has been in use."]}


def test_a_rule_of_the_noun_binds_the_door(relationship: Any, priya: Any, alice: Any, harrow: Any, vx12: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        edits.create(Relationship, {"cmo": harrow, "programme": vx12}, actor=alice)
    assert refused.value.errors == {"__all__": ["This CMO has a relationship in this programme already."]}


def test_records_are_never_deleted(relationship: Any) -> None:
    with pytest.raises(TypeError, match="not deleted"):
        relationship.delete()
    with pytest.raises(TypeError, match="not deleted"):
        Relationship.objects.all().delete()


def test_the_desk_is_one_query_and_only_what_one_can_do(
    review: Any, assessment: Any, cast: dict[str, Any], django_assert_num_queries: Any
) -> None:
    waiting = {
        name: sorted(f"{row.verb} {row.role}" for row in desk.waiting_for(person)) for name, person in cast.items()
    }
    assert {name: rows for name, rows in waiting.items() if rows} == {
        "priya": ["sign_off project_manager"],
        "quinn": ["approve quality", "sign_off quality"],
    }
    quinn = User.objects.get(pk=cast["quinn"].pk)
    quinn.roles  # noqa: B018 - asked once per request, not by the desk
    with django_assert_num_queries(1):
        list(desk.waiting_for(quinn))


def test_steps_tell_why_not(review: Any, priya: Any, bob: Any, audra: Any) -> None:
    review_verbs.sign_off(review, actor=priya, password=PASSWORD)
    steps = {step.verb: step.blocked for step in steps_for(Review.objects.get(pk=review.pk), priya)}
    assert steps == {
        "recompute": ("Somebody has signed these figures: a signed scorecard is never computed again.",),
        "sign_off": ("This has been given already: your role is not awaited here any more.",),
    }
    assert steps_for(review, audra) == []


def test_each_verb_has_a_sentence_and_each_state_a_way(db: None) -> None:
    for noun in all_nouns():
        states = set(noun.State.values)
        for verb in transitions_of(noun).values():
            assert verb.help.endswith("."), verb.verb
            assert set(verb.sources) <= states
            assert verb.target is None or verb.target in states
        reached = {verb.target for verb in transitions_of(noun).values() if verb.target}
        first = noun._meta.get_field("state").default
        assert states - reached == {str(first)} - reached, noun


def in_threads(count: int, work: Any) -> list[Any]:
    barrier = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_get_one_step(relationship: Any, priya: Any, alice: Any) -> None:
    people = [priya, alice]
    for turn in range(10):
        results = in_threads(
            2, lambda number: relationships.start_change(relationship, actor=people[number], reason="r")
        )
        assert sorted(type(result).__name__ for result in results) == ["NotFromHere", "Relationship"]
        relationships.finish_change(relationship, actor=priya, reason="r")
        assert Event.objects.of(relationship).filter(verb="start_change").count() == turn + 1


@pytest.mark.django_db(transaction=True)
def test_one_role_is_filled_once_however_often_it_is_pressed(review: Any, quinn: Any, priya: Any) -> None:
    results = in_threads(6, lambda number: review_verbs.sign_off(review, actor=quinn, password=PASSWORD))
    assert sorted(type(result).__name__ for result in results) == ["Refused"] * 5 + ["Review"]
    assert Signature.objects.of(review).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_from_one_version_one_is_stale(relationship: Any, priya: Any, alice: Any) -> None:
    people = [priya, alice]
    for turn in range(5):
        version = Relationship.objects.get(pk=relationship.pk).version
        results = in_threads(
            2,
            lambda number: edits.update(
                relationship,
                {"notes": f"{turn} {number}"},  # noqa: B023 - the threads end within the turn
                actor=people[number],
                version=version,  # noqa: B023
                reason="r",
            ),
        )
        assert sorted(type(result).__name__ for result in results) == ["Relationship", "Stale"]


def test_a_signature_is_read_over_rest(client: Any, entry: Any, quinn: Any) -> None:
    entry = start(entry, quinn)
    qualifications.approve(entry, actor=quinn, password=PASSWORD, reason="Audit closed", next_review_on=NEXT_YEAR)
    client.force_login(quinn)
    (signature,) = client.get(f"/api/v1/qualifications/{entry.pk}/").json()["signatures"]
    assert (signature["printed_name"], signature["meaning"], signature["role"]) == (
        "Quinn Example",
        "I approve this site for this scope",
        "quality",
    )
    assert (signature["record_version"], signature["is_genuine"], signature["is_current"]) == (3, True, True)
    edits.update(entry, {"basis": "Another report"}, actor=quinn, reason="Typing error")
    (signature,) = client.get(f"/api/v1/qualifications/{entry.pk}/").json()["signatures"]
    assert (signature["is_genuine"], signature["is_current"]) == (True, False)
