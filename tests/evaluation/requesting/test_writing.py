"""The writer of RFPs: every screen, bad input at its field, nothing lost, nobody overwritten, and the lock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import Refused
from evaluation.actions import rfps
from evaluation.models import Rfp
from evaluation.models.sheets import Criterion
from evaluation.views.requesting.screens import ELSEWHERE, SCREENS
from tests.evaluation.conftest import signed
from tests.evaluation.requesting.conftest import sent_of

pytestmark = pytest.mark.django_db
WRITTEN = [screen.key for screen in SCREENS if screen.fields or screen.tables]


@pytest.mark.parametrize("key", WRITTEN)
def test_a_screen_that_is_saved_as_it_stands_changes_nothing(
    client: Any, at: Any, alice: Any, draft: Any, key: str
) -> None:
    where = at(alice, "rfp_write", draft.pk, key)
    page = client.get(where)
    assert page.status_code == 200
    answer = client.post(where, {**sent_of(page), "then": "on"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    fresh = Rfp.objects.get(pk=draft.pk)
    assert fresh.version == draft.version


def test_screens_that_are_pages_of_their_own_lead_there(client: Any, at: Any, alice: Any, draft: Any) -> None:
    for key in ELSEWHERE:
        answer = client.get(at(alice, "rfp_write", draft.pk, key))
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200, key
    go_on = client.get(at(alice, "rfp_go_on", draft.pk))
    assert go_on.status_code == 302 and "/write/" in go_on["Location"]


def test_the_weights_are_summed_and_what_misses_is_said(client: Any, at: Any, alice: Any, draft: Any) -> None:
    where = at(alice, "rfp_write", draft.pk, "criteria")
    page = client.get(where)
    assert ">100</output>" in page.content.decode()
    sent = sent_of(page)
    name = next(name for name, value in sent.items() if name.endswith("-weight") and value == "40")
    answer = client.post(where, {**sent, name: "37"}, follow=True).content.decode()
    assert ">97</output>" in answer and "3 missing." in answer
    one_page = client.get(at(alice, "rfp", draft.pk)).content.decode()
    assert "97 %: 3 missing" in one_page
    assert "keeps it from approval" in one_page


def test_bad_input_stands_at_its_cell_and_nothing_typed_is_lost(client: Any, at: Any, alice: Any, draft: Any) -> None:
    where = at(alice, "rfp_write", draft.pk, "criteria")
    sent = sent_of(client.get(where))
    weight = next(name for name, value in sent.items() if name.endswith("-weight") and value == "40")
    title = weight.replace("-weight", "-title")
    answer = client.post(where, {**sent, weight: "forty", title: "A better name"})
    html = answer.content.decode()
    assert answer.status_code == 200 and "A better name" in html and 'value="forty"' in html
    assert f'id="id_{weight}_error"' in html
    assert not Criterion.objects.filter(title="A better name").exists()
    rule = weight.replace("-weight", "-rule")
    answer = client.post(where, {**sent, rule: "lowest_full"}).content.decode()
    assert "choose that group" in answer


def test_questions_end_before_proposals_are_due(client: Any, at: Any, alice: Any, draft: Any) -> None:
    where = at(alice, "rfp_write", draft.pk, "basics")
    sent = sent_of(client.get(where))
    year, _, rest = sent["closes_at"].partition("-")
    answer = client.post(where, {**sent, "questions_until": f"{int(year) + 1}-{rest}"})
    assert "Questions end before proposals are due." in answer.content.decode()


def test_a_stale_save_is_told_and_overwrites_nobody(client: Any, at: Any, alice: Any, tom: Any, draft: Any) -> None:
    where = at(alice, "rfp_write", draft.pk, "scope")
    sent = sent_of(client.get(where))
    edits.update(Rfp.objects.get(pk=draft.pk), {"scope": "Tom's scope"}, actor=tom)
    answer = client.post(where, {**sent, "scope": "Alice's scope"})
    html = answer.content.decode()
    assert answer.status_code == 412 and "Tom&#x27;s scope" in html and "Alice&#x27;s scope" in html
    assert Rfp.objects.get(pk=draft.pk).scope == "Tom's scope"


def test_after_approval_and_after_opening_no_weight_changes(
    client: Any, at: Any, alice: Any, tom: Any, quinn: Any, draft: Any, opened: Any
) -> None:
    rfps.approve(draft, **signed(tom))
    approved = rfps.approve(draft, **signed(quinn))
    for rfp, said in ((approved, "are locked. Send it back"), (opened, "An addendum changes it")):
        rows = [
            {"id": row.pk, **{name: getattr(row, name) for name in row.columns}}
            for row in rfp.criteria.order_by("position")
        ]
        rows[0]["weight"] = Decimal(1)
        with pytest.raises(Refused, match="not edited any more"):
            parts.write(rfp, Criterion, rows, actor=alice)
        where = at(alice, "rfp_write", rfp.pk, "criteria")
        for answer in (client.get(where), client.post(where, {"version": rfp.version})):
            assert answer.status_code == 403 and said in answer.content.decode()
        assert rfp.criteria.first().weight != 1


def test_who_may_write(client: Any, at: Any, draft: Any, erin: Any, audra: Any, mallory: Any, otto: Any) -> None:
    for person, status in ((erin, 403), (audra, 403), (mallory, 404), (otto, 403)):
        assert client.get(at(person, "rfp_write", draft.pk, "scope")).status_code == status, person.name


def test_what_the_strategy_asks_for_is_linked(client: Any, at: Any, alice: Any, strategy: Any, vx12: Any) -> None:
    rfp = edits.create(Rfp, {"programme": vx12, "title": "Fresh", "service": "sterile_fill_finish"}, actor=alice)
    html = client.get(at(alice, "rfp_write", rfp.pk, "criteria")).content.decode()
    first = rfp.criteria.select_related("consequence").first()
    assert first.consequence.get_absolute_url() in html and "stands above" in html
    assert first.consequence.get_absolute_url() in client.get(at(alice, "rfp", rfp.pk)).content.decode()


def test_every_finding_leads_to_its_field(client: Any, at: Any, alice: Any, strategy: Any, vx12: Any) -> None:
    rfp = edits.create(Rfp, {"programme": vx12, "title": "Fresh", "service": "sterile_fill_finish"}, actor=alice)
    html = client.get(at(alice, "rfp_write", rfp.pk, "check")).content.decode()
    assert "Say until when proposals are taken." in html
    assert f"/rfps/{rfp.pk}/write/basics/?missing=1#id_closes_at" in html
    basics = client.get(at(alice, "rfp_write", rfp.pk, "basics") + "?missing=1").content.decode()
    assert "Still missing:" in basics
