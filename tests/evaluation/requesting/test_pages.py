"""The pages of RFPs: what stands on them, who sees it, how often the database is asked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors.duties import duties_of
from cmo_lifecycle.workflow import edits
from evaluation.actions import portal, rfps
from evaluation.actions.judging import declare_conflict
from evaluation.actions.library import put_in_use
from evaluation.actions.links import follow
from evaluation.asking import question_of
from evaluation.library.templates import TEMPLATES
from evaluation.mails import deliver
from evaluation.models import Addendum, BidderMail, Cda, Enquiry, Evaluator, LibraryQuestion, Proposal, Rfp
from tests.evaluation.conftest import PASSWORD, past_deadline, short_listed, write_rfp
from tests.evaluation.portal.post import token_in
from tests.evaluation.requesting.conftest import sent_of

pytestmark = pytest.mark.django_db


def add_rfp(client: Any, where: str, programme: Any, **more: Any) -> Any:
    return client.post(
        where,
        {"programme": str(programme.pk), "kind": "rfp", "title": "Filling", "service": "sterile_fill_finish",
         "modality": "biologic", "new_id": "", **more},
    )  # fmt: skip


def test_one_starts_from_an_approved_strategy_and_a_template(
    client: Any, at: Any, alice: Any, strategy: Any, vx12: Any
) -> None:
    answer = add_rfp(client, at(alice, "rfp_add"), vx12)
    rfp = Rfp.objects.get()
    assert answer["Location"] == reverse("evaluation:rfp_template", args=[rfp.pk])
    page = client.get(answer["Location"]).content.decode()
    assert all(one.title in page for one in TEMPLATES.values()) and "fits this service" in page
    cards = len(rfp.criteria.all())
    filled = client.post(answer["Location"], {"template": "sterile_fill_finish", "version": rfp.version})
    rfp.refresh_from_db()
    assert filled.status_code == 302 and rfp.template == "sterile_fill_finish"
    assert rfp.questions.count() == len(TEMPLATES["sterile_fill_finish"].questions)
    assert rfp.criteria.count() == cards
    stale = client.post(answer["Location"], {"template": "packaging", "version": 1})
    assert stale.status_code == 412
    assert client.post(answer["Location"], {"template": "none", "version": rfp.version}).status_code == 400


def test_without_an_approved_strategy_there_is_none(client: Any, at: Any, alice: Any, vx12: Any) -> None:
    answer = add_rfp(client, at(alice, "rfp_add"), vx12)
    assert answer.status_code == 200 and not Rfp.objects.exists()


@pytest.mark.parametrize("tab", ["overview", "asked", "figures", "bidders", "history"])
def test_every_tab_shows_and_is_the_programmes_alone(
    client: Any, at: Any, issued: Any, people: Any, audra: Any, mallory: Any, bob: Any, tab: str
) -> None:
    for person in (people.alice, people.erin, audra):
        assert client.get(f"{at(person, 'rfp', issued.pk)}?tab={tab}").status_code == 200
    for person in (mallory, bob):
        assert client.get(f"{at(person, 'rfp', issued.pk)}?tab={tab}").status_code == 404


def test_lists_and_the_one_page_view_ask_the_database_a_fixed_number_of_times(
    client: Any, at: Any, issued: Any, alice: Any, vx12: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        write_rfp(vx12, alice, title=f"Another {number}")
    for name in ("rfp_list", "candidate_list", "cda_list", "enquiry_list", "addendum_list", "library_question_list"):
        where = at(alice, name)
        client.get(where)
        with django_assert_max_num_queries(12):
            assert client.get(where).status_code == 200
    where = at(alice, "rfp", issued.pk)
    client.get(where)
    with django_assert_max_num_queries(20):
        client.get(where)
    where = at(alice, "rfp", Rfp.objects.filter(state="draft").first().pk)
    with django_assert_max_num_queries(20):
        client.get(where)


def test_steps_are_taken_on_pages_with_what_is_signed_before_the_eyes(
    client: Any, at: Any, draft: Any, tom: Any, quinn: Any, alice: Any
) -> None:
    for person in (tom, quinn):
        where = at(person, "rfp_step", draft.pk, "approve")
        page = client.get(where)
        html = page.content.decode()
        assert "What you approve" in html and "Inspection record" in html and "are locked" in html
        answer = client.post(where, {**sent_of(page), "signature_email": person.email, "signature_password": PASSWORD})
        assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.state == "approved"
    html = client.get(at(alice, "rfp", draft.pk)).content.decode()
    assert "Invite at least one candidate" in html and "Name the panel" in html
    refused = client.get(at(alice, "rfp_step", draft.pk, "issue")).content.decode()
    assert "This cannot be done yet" in refused
    back = at(alice, "rfp_step", draft.pk, "send_back")
    assert client.post(back, {**sent_of(client.get(back)), "reason": "Scope grew"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_whoever_declared_a_conflict_takes_no_step(client: Any, at: Any, issued: Any, people: Any) -> None:
    seat = Evaluator.objects.get(rfp=issued, person=people.alice)
    declare_conflict(seat, actor=people.alice, conflict="Shares in Harrow")
    past_deadline(issued)
    assert client.get(at(people.alice, "rfp_step", issued.pk, "close")).status_code == 200
    assert client.get(at(people.alice, "rfp_step", issued.pk, "cancel")).status_code == 403
    assert "Conflict declared: removed" in client.get(at(people.tom, "rfp", issued.pk)).content.decode()


def test_a_link_is_mailed_and_can_be_ended(client: Any, at: Any, issued: Any, people: Any, bidders: Any) -> None:
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    where = at(people.alice, "rfp_invitations", issued.pk)
    made = client.post(where, {"proposal": str(proposal.pk), "do": "link"}, follow=True).content.decode()
    assert "/portal/link/" not in made and "A link is on its way" in made
    deliver(BidderMail.objects.get(kind="link").pk)
    token = token_in(mail.outbox[-1])
    assert follow(token).proposal == proposal
    page = client.get(where).content.decode()
    assert token not in page and "A link was sent to nordvik@cmo.example" in page
    client.post(where, {"proposal": str(proposal.pk), "do": "revoke"})
    assert follow(token) is None
    other = write_rfp(issued.programme, people.alice)
    assert client.post(at(people.alice, "rfp_invitations", other.pk), {"proposal": str(proposal.pk)}).status_code == 400
    refused = client.post(at(people.farid, "rfp_invitations", issued.pk), {"proposal": str(proposal.pk)})
    assert refused.status_code == 403 and "Sourcing sends" in refused.content.decode()


def test_where_participation_is_hidden_no_page_tells_until_it_closes(
    client: Any, at: Any, issued: Any, people: Any, bidders: Any, hand_in: Any
) -> None:
    from cmo_lifecycle.audit.actor import acting

    with acting("test"):
        Rfp.objects.filter(pk=issued.pk).update(hides_participation=True)
    issued.refresh_from_db()

    def pages() -> list[str]:
        names = [at(people.alice, "rfp", issued.pk), at(people.alice, "rfp_invitations", issued.pk)]
        names.append(f"{names[0]}?tab=bidders")
        return [
            re.sub(r'name="csrf\w+" value="\w+"|nonce-\S+|/request-\S+|<meta name="request-id"[^>]*>', "", text)
            for text in (client.get(name).content.decode() for name in names)
        ]

    before = pages()
    assert all("is hidden until it closes" in page or "hides who takes part" in page for page in before)
    portal.seen(issued.proposals.get(cmo=bidders.harrow.cmo))
    hand_in(bidders.harrow, "210000")
    portal.decline(
        issued.proposals.get(cmo=bidders.castellan.cmo), portal.Bidder.by_link(bidders.castellan.contact), "No capacity"
    )
    for old, new in zip(before, pages(), strict=True):
        assert ("Submitted" in new, "Declined" in new) == ("Submitted" in old, "Declined" in old) == (False, False)
    rfps.close(past_deadline(issued), actor=people.alice)
    assert "Submitted" in pages()[1]


def test_the_matrix_flags_what_is_not_traced(client: Any, at: Any, draft: Any, alice: Any) -> None:
    html = client.get(at(alice, "rfp_trace", draft.pk)).content.decode()
    assert "All 1 requirements are shown" in html and "no question serves it" in html
    question = draft.questions.get(code="A1")
    question.requirement = ""
    question.save(update_fields=["requirement"])
    html = client.get(at(alice, "rfp_trace", draft.pk)).content.decode()
    assert "1 of 1 requirements is shown by no question" in html and "no question shows it" in html


def library_question(code: str, by: Any, **more: Any) -> Any:
    made = edits.create(
        LibraryQuestion, {"code": code, "group": "technical", "question": f"What of {code}?", **more}, actor=by
    )
    return put_in_use(made, actor=by)


def test_questions_come_from_the_library_several_at_once(client: Any, at: Any, draft: Any, alice: Any) -> None:
    one, two = library_question("Z-01", alice), library_question("Z-02", alice, kind="number", unit="L")
    where = at(alice, "rfp_library", draft.pk)
    page = client.get(f"{where}?q=Z-0")
    assert "What of Z-01?" in page.content.decode()
    sent = {"version": draft.version, "question": [str(one.pk), str(two.pk)], "criterion": "T1", "requirement": "R1"}
    assert client.post(where, sent).status_code == 302
    rows = {row.code: row for row in draft.questions.filter(code__startswith="Z-")}
    assert rows["Z-02"].unit == "L" and {row.criterion for row in rows.values()} == {"T1"}
    assert draft.questions.count() == 6
    assert "asks all of them already" in client.post(where, sent, follow=True).content.decode()
    assert draft.questions.count() == 6
    late = library_question("Z-03", alice)
    assert client.post(where, {**sent, "question": [str(late.pk)]}).status_code == 412
    nothing = client.post(where, {"version": draft.version + 1})
    assert nothing.status_code == 400 and "Tick at least one question" in nothing.content.decode()
    odd = client.post(where, {"version": draft.version + 1, "question": ["x"]})
    assert odd.status_code == 400 and "not in use (any more)" in odd.content.decode()
    assert "asked already" in client.get(f"{where}?q=Z-0").content.decode()


def test_a_question_of_the_library_gets_a_next_version(client: Any, at: Any, alice: Any, farid: Any) -> None:
    first = library_question("Y-01", alice, kind="number", unit="L", bands="..5 = 1 | 5.. = 5")
    page = client.get(at(alice, "library_question", first.pk)).content.decode()
    assert "below 5" in page and "5 or more" in page and "Revise" in page
    answer = client.post(at(alice, "library_question_revise", first.pk))
    draft = LibraryQuestion.objects.get(code="Y-01", number=2)
    assert answer["Location"] == reverse("evaluation:library_question_edit", args=[draft.pk])
    form = sent_of(client.get(answer["Location"]))
    assert "code" not in form
    assert client.post(answer["Location"], {**form, "question": "How many litres?"}).status_code == 302
    step = at(alice, "library_question_step", draft.pk, "put_in_use")
    assert "Version 1 gives way" in client.get(step).content.decode()
    assert client.post(step, sent_of(client.get(step))).status_code == 302
    shown = client.get(at(alice, "library_question", draft.pk)).content.decode()
    assert "Version 2 against version 1" in shown and "How many litres?" in shown
    again = client.post(at(alice, "library_question_revise", first.pk))
    assert again.status_code == 409 and "Only a question in use" in again.content.decode()
    assert client.get(at(farid, "library_question_revise", draft.pk)).status_code == 403
    assert question_of(draft).unit == "L"


def ask(issued: Any, one: Any, text: str) -> Any:
    bidder = portal.Bidder.by_link(one.contact)
    return portal.ask(issued.proposals.get(cmo=one.cmo), bidder, text)


def test_the_asker_is_nowhere_and_words_that_tell_are_pointed_at(
    client: Any, at: Any, issued: Any, people: Any, bidders: Any
) -> None:
    asked = ask(issued, bidders.nordvik, "Does the line of Nordvik count as two?")
    page = client.get(at(people.alice, "enquiry", asked.pk)).content.decode()
    assert "Contact of" not in page and str(asked.asked_by_id) not in page
    where = at(people.alice, "enquiry_step", asked.pk, "answer")
    form = client.get(where)
    html = form.content.decode()
    assert "“Nordvik”" in html and "could tell who asked" in html
    sent = sent_of(form) | {"answer": "Each isolator counts as one line."}
    refused = client.post(where, sent)
    assert refused.status_code == 200 and "take it out" in refused.content.decode()
    asked.refresh_from_db()
    assert asked.state == Enquiry.State.ASKED
    taken_out = client.post(where, {**sent, "wording": "Do two isolators count as two lines?"})
    assert taken_out.status_code == 302
    asked.refresh_from_db()
    assert asked.wording == "Do two isolators count as two lines?" and asked.state == Enquiry.State.ANSWERED


def test_words_that_only_look_like_a_name_pass_when_somebody_says_so(
    client: Any, at: Any, issued: Any, people: Any, bidders: Any
) -> None:
    asked = ask(issued, bidders.castellan, "What is a castellan in the scope?")
    where = at(people.alice, "enquiry_step", asked.pk, "answer")
    sent = sent_of(client.get(where)) | {"answer": "A word of ours."}
    assert client.post(where, sent).status_code == 200
    assert client.post(where, {**sent, "sure": "on"}).status_code == 302


def test_an_addendum_is_written_signed_and_moves_the_deadline(client: Any, at: Any, issued: Any, people: Any) -> None:
    later = timezone.localtime(issued.closes_at + timedelta(days=7))
    where = f"{at(people.alice, 'addendum_add')}?rfp={issued.pk}"
    answer = client.post(
        where, {"title": "More time", "body": "Seven more days.", "closes_at": f"{later:%Y-%m-%dT%H:%M}", "new_id": ""}
    )
    addendum = Addendum.objects.get()
    assert answer["Location"] == addendum.get_absolute_url()
    step = at(people.alice, "addendum_step", addendum.pk, "publish")
    page = client.get(step)
    assert "Seven more days." in page.content.decode() and "The deadline moves from" in page.content.decode()
    sent = {**sent_of(page), "signature_email": people.alice.email, "signature_password": PASSWORD}
    assert client.post(step, {**sent, "signature_password": "wrong"}).status_code == 403
    assert client.post(step, sent).status_code == 302
    issued.refresh_from_db()
    assert f"{timezone.localtime(issued.closes_at):%Y-%m-%d %H:%M}" == f"{later:%Y-%m-%d %H:%M}"
    html = client.get(at(people.tom, "rfp", issued.pk)).content.decode()
    assert "Addendum 1<" in html and "More time" in html


def test_an_earlier_deadline_is_refused_with_a_sentence(client: Any, at: Any, issued: Any, people: Any) -> None:
    made = edits.create(
        Addendum,
        {"rfp": issued, "title": "Less", "body": "x", "closes_at": issued.closes_at - timedelta(days=1)},
        actor=people.alice,
    )
    html = client.get(at(people.alice, "addendum_step", made.pk, "publish")).content.decode()
    assert "A deadline moves back only" in html


def test_programmes_show_candidates_and_rfps_and_relationships_where_they_came_from(
    client: Any, at: Any, issued: Any, people: Any, vx12: Any, mallory: Any
) -> None:
    at(people.alice)
    html = client.get(vx12.get_absolute_url()).content.decode()
    assert issued.title in html and "On the short list" in html and "Start an RFP" in html


def test_what_falls_due_stands_on_the_desks_of_those_whose_it_is(
    issued: Any, people: Any, bidders: Any, mallory: Any, sven: Any
) -> None:
    ask(issued, bidders.nordvik, "How many?")
    seat = edits.create(Evaluator, {"rfp": issued, "person": sven, "sections": []}, actor=people.alice)
    soon = timezone.localdate() + timedelta(days=30)
    cda = Cda.objects.filter(cmo=bidders.harrow.cmo).first()
    cda.expires_on = soon
    cda.save(update_fields=["expires_on"])

    def kinds(person: Any) -> set[str]:
        return {one.what for one in duties_of(person)}

    assert {"Proposals due", "Question of a bidder", "CDA ends"} <= kinds(people.alice)
    assert "Question of a bidder" in kinds(people.tom) and "CDA ends" not in kinds(people.tom)
    assert "CDA ends" in kinds(people.lena)
    (own,) = [one for one in duties_of(sven) if one.what == "Declaration of interests"]
    assert own.url == seat.get_absolute_url()
    assert not kinds(mallory) & {"Proposals due", "Question of a bidder", "CDA ends", "Late proposal"}


def test_a_late_proposal_stands_on_the_desk_that_decides(issued: Any, people: Any, bidders: Any, hand_in: Any) -> None:
    past_deadline(issued)
    hand_in(bidders.harrow, "210000")
    assert "Late proposal" in {one.what for one in duties_of(people.erin)}


def test_who_is_on_the_short_list_is_offered_for_invitation(
    client: Any, at: Any, draft: Any, alice: Any, lena: Any, vx12: Any, farid: Any
) -> None:
    from tests.evaluation.conftest import make_cmo

    cmo = make_cmo("Oriel Fill", alice)
    candidate = short_listed(vx12, cmo, alice, lena)
    html = client.get(at(alice, "rfp_invitations", draft.pk)).content.decode()
    assert "Oriel Fill" in html and f"rfp={draft.pk}&amp;candidate={candidate.pk}" in html
    assert "Invite<" not in client.get(at(farid, "rfp_invitations", draft.pk)).content.decode()
    edits.create(Proposal, {"rfp": draft, "candidate": candidate}, actor=alice)
    html = client.get(at(alice, "rfp_invitations", draft.pk)).content.decode()
    assert "Nobody to write to yet." in html
