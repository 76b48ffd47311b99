"""What a strategy will ask for: on one page, decided row by row, each opened to the answer and rule that made it."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from strategy.actions import consequences as actions
from strategy.actions.scaling import scale_criteria
from strategy.findings import findings
from strategy.models import Consequence, Strategy
from strategy.wording import short
from tests.strategy.test_pages import approved, as_, page, words  # noqa: F401 (a fixture)


@pytest.fixture
def where(written: Any) -> str:
    return reverse("strategy:asks", args=[written.pk])


def row(html: str, consequence: Consequence) -> str:
    """The part of the page that shows one consequence."""
    found = re.search(
        rf'<li class="ask[^"]*" id="c-{consequence.pk}">.*?(?=<li class="ask|</ul>\s*(?:</section>|<h3|<details class="fold-away|</details>))',
        html,
        re.DOTALL,
    )
    assert found, consequence
    return found[0]


def first(strategy: Any, kind: str) -> Consequence:
    return strategy.consequences.filter(kind=kind).first()


def test_everything_stands_under_the_stage_that_reads_it(written: Any, where: str, alice: Any) -> None:
    html = page(alice, where)
    titles = re.findall(r'<h2 id="stage-[^"]+">([^<]+)</h2>', html)
    assert titles == [
        "RFP and selection",
        "Negotiation",
        "Contracts",
        "Performance reviews",
        "Operating framework",
        "Re-evaluation",
    ]
    count = written.consequences.count()
    assert count > 50
    assert html.count('<li class="ask"') == count
    assert f"Accept all that are undecided ({count})" in html and f"All {count} are accepted" in html
    assert "The weights add up to 100 %." in html


def test_each_opens_to_its_rule_and_the_answers_behind_it(written: Any, where: str, alice: Any) -> None:
    html = page(alice, where)
    for one in written.consequences.all():
        said = words(row(html, one))
        assert one.reason in said and one.source in said and f"Rule {one.rule} , version {one.rule_version}" in said
        assert one.because, one.key
        for ground in one.because:
            assert f"{ground['label']}: {ground['value']}" in said
    exclusive = written.consequences.get(key="mechanism:no_exclusivity")
    assert reverse("strategy:strategy_write", args=[written.pk, "alternates"]) in row(html, exclusive)


def test_a_row_is_accepted_by_one_press_and_the_page_comes_back_to_it(written: Any, where: str, alice: Any) -> None:
    one = first(written, "mechanism")
    found = re.search(r'<form method="post" action="([^"]+)">', row(page(alice, where), one))
    assert found
    answer = as_(alice).post(found[1], {"version": one.version})
    assert answer.status_code == 302 and answer["Location"] == f"{where}#c-{one.pk}"
    one.refresh_from_db()
    assert one.state == "accepted" and one.content == one.proposed
    assert "Reconsider" in row(page(alice, where), one)


def test_a_change_asks_for_the_fields_of_its_kind(written: Any, where: str, alice: Any) -> None:
    one = first(written, "criterion")
    url = f"{one.get_absolute_url()}change/"
    html = page(alice, url)
    for field in one.fields:
        assert f'name="content.{field.name}"' in html, field.name
    assert 'name="content"' not in html
    given = {f"content.{name}": value for name, value in one.content.items()}
    client = as_(alice)

    wrong = client.post(
        url, {**given, "version": one.version, "content.weight": "much", "content.measure": "", "reason": "So."}
    )
    said = wrong.content.decode()
    assert "Weight in % is a number." in said and "Measured by must be filled in." in said
    assert 'href="#id_content.weight"' in said and 'value="much"' in said
    one.refresh_from_db()
    assert one.state == "proposed"

    unexplained = client.post(url, {**given, "version": one.version, "content.weight": "31.5"})
    assert "Reason must be filled in." in unexplained.content.decode()

    done = client.post(
        url, {**given, "version": one.version, "content.weight": "31.5", "reason": "It matters more to us."}
    )
    assert done.status_code == 302, done.content.decode()
    one.refresh_from_db()
    assert (
        one.state == "changed" and one.content["weight"] == "31.5" and one.content["measure"] == one.proposed["measure"]
    )
    html = page(alice, where)
    assert "Changed because It matters more to us." in words(row(html, one))
    assert "not to 100: once each is decided, they can be scaled." in html


def test_what_is_declined_goes_behind_a_fold_with_its_reason_and_can_come_back(
    written: Any, where: str, alice: Any
) -> None:
    one = first(written, "kpi")
    client = as_(alice)
    client.post(f"{one.get_absolute_url()}decline/", {"version": one.version, "reason": "We count that elsewhere."})
    html = page(alice, where)
    folded = html[html.index("Declined or no longer asked for (1)") :]
    assert "We count that elsewhere." in folded
    one.refresh_from_db()
    client.post(f"{one.get_absolute_url()}reconsider/", {"version": one.version})
    one.refresh_from_db()
    assert one.state == "proposed" and "Declined or no longer asked for" not in page(alice, where)


def test_all_that_is_undecided_is_accepted_at_once_as_it_was_read(written: Any, where: str, alice: Any) -> None:
    actions.decline(first(written, "question"), actor=alice, reason="Not ours to answer.")
    client = as_(alice)
    stale = client.post(where, {"version": written.version - 1})
    assert stale.status_code == 412 and "has changed since you opened this page" in stale.content.decode()
    assert written.consequences.filter(state="accepted").count() == 0
    done = client.post(where, {"version": Strategy.objects.get(pk=written.pk).version}, follow=True)
    count = written.consequences.count() - 1
    assert f"Accepted {count} consequences." in done.content.decode()
    assert written.consequences.filter(state="accepted").count() == count
    assert "Everything is decided" in done.content.decode()
    assert "Nothing is undecided" in page(alice, f"{where}?show=undecided")


def test_one_kind_is_accepted_at_once(written: Any, where: str, alice: Any) -> None:
    html = page(alice, where)
    count = written.consequences.filter(kind="kpi").count()
    assert f"Accept these {count}<" in html
    as_(alice).post(where, {"version": written.version, "kind": "kpi"})
    assert written.consequences.filter(state="accepted").count() == count
    assert not written.consequences.filter(kind="kpi", state="proposed").exists()
    assert f"Accept these {count}<" not in page(alice, where)


def test_whoever_does_not_decide_is_shown_no_buttons(written: Any, where: str, quinn: Any, tom: Any) -> None:
    for person in (quinn, tom):
        html = page(person, where)
        assert "Accept all" not in html and "ask-acts" not in html
        answer = as_(person).post(where, {"version": written.version})
        assert answer.status_code == 403
        assert as_(person).post(f"{first(written, 'kpi').get_absolute_url()}accept/", {"version": 1}).status_code == 403


def test_of_an_approved_strategy_nothing_is_decided_any_more(approved: Any, alice: Any) -> None:  # noqa: F811
    html = page(alice, reverse("strategy:asks", args=[approved.pk]))
    assert "ask-acts" not in html and "Accept all" not in html
    one = first(approved, "kpi")
    said = page(alice, f"{one.get_absolute_url()}decline/")
    assert "what it asks for is decided while it is written" in unescape(said)
    # The answers behind it stand on the one-page view then.
    assert "/write/" not in html and f"{approved.get_absolute_url()}?tab=figures#demand" in html


def test_the_list_over_all_programmes_is_filtered_and_hides_foreign_ones(written: Any, alice: Any, bob: Any) -> None:
    where = reverse("strategy:consequence_list")
    one = first(written, "knock_out")
    assert one.get_absolute_url() in page(alice, f"{where}?kind=knock_out")
    assert one.get_absolute_url() not in page(alice, f"{where}?kind=kpi")
    assert one.get_absolute_url() not in page(bob, where)
    page(bob, one.get_absolute_url(), 404)


def test_one_of_them_says_from_which_version_it_was_taken_over(approved: Any, alice: Any) -> None:  # noqa: F811
    from strategy.actions.strategies import revise

    second = revise(approved, actor=alice, why="A year has passed.")
    one = first(second, "kpi")
    said = words(page(alice, one.get_absolute_url()))
    assert "Taken over from Version 1" in said and "Accepted as the rule proposes it." in said


def test_signed_out_nobody_sees_it(where: str) -> None:
    assert Client().get(where).status_code == 302


def test_all_at_once_is_offered_when_the_four_questions_are_answered(written: Any, where: str, alice: Any) -> None:
    from cmo_lifecycle.workflow import edits

    edits.update(written, {"duration": "", "duration_until": None}, actor=alice, version=written.version)
    html = page(alice, where)
    assert "Accept all that are undecided" not in html and "Accept these" in html


def decided_criteria(strategy: Any, person: Any) -> list[Consequence]:
    actions.accept_all(strategy, actor=person, kind="criterion")
    return list(strategy.consequences.filter(kind="criterion").order_by("key"))


def total(strategy: Any) -> Decimal:
    rows = strategy.consequences.filter(kind="criterion", state__in=("accepted", "changed"))
    return sum((Decimal(one.content["weight"]) for one in rows), Decimal(0))


def test_weights_off_100_are_told_and_scaled_by_one_press(written: Any, where: str, alice: Any, quinn: Any) -> None:
    criteria = decided_criteria(written, alice)
    assert "Scale to 100" not in page(alice, where) and not criteria_findings(written)
    declined = actions.decline(criteria[0], actor=alice, reason="Nobody could tell two bids apart by it.")
    off = total(written)
    assert off < 100
    assert "Scale to 100" in page(alice, where) and "Scale to 100" not in page(quinn, where)
    assert f"The weights of the criteria add up to {short(off)}, not to 100." in words(page(quinn, where))
    assert criteria_findings(written) == [
        f"The weights of the criteria add up to {short(off)}: scale them to 100, or change them."
    ]
    before = {one.pk: Decimal(one.content["weight"]) for one in criteria[1:]}

    client = as_(alice)
    assert client.post(where, {"version": written.version - 1, "do": "scale"}).status_code == 412
    assert as_(quinn).post(where, {"version": written.version, "do": "scale"}).status_code == 403
    assert total(written) == off
    done = client.post(where, {"version": written.version, "do": "scale"}, follow=True)
    assert f"Scaled {len(before)} criteria: they weigh 100 now." in done.content.decode()
    assert total(written) == 100 and not criteria_findings(written)
    for one in written.consequences.filter(pk__in=before):
        assert one.state == "changed" and one.decision_reason == "Scaled so that the criteria weigh 100"
        assert abs(Decimal(one.content["weight"]) - before[one.pk] * 100 / off) <= Decimal("0.1")
        assert Event.objects.of(one).filter(verb="change", actor=alice).count() == 1
    declined.refresh_from_db()
    assert declined.state == "declined"
    assert scale_criteria(written, actor=alice) == 0


def criteria_findings(strategy: Any) -> list[str]:
    return [one.sentence for one in findings(strategy) if "weights of the criteria" in one.sentence]


def test_criteria_are_not_scaled_while_one_is_undecided_nor_where_all_weigh_nothing(written: Any, alice: Any) -> None:
    criteria = list(written.consequences.filter(kind="criterion"))
    actions.decline(criteria[0], actor=alice, reason="Not ours.")
    with pytest.raises(Refused, match="Decide each criterion first"):
        scale_criteria(written, actor=alice)
    for one in criteria[1:]:
        actions.change(one, actor=alice, reason="Told apart by nothing.", content={**one.content, "weight": "0"})
    with pytest.raises(Refused, match="All weights are 0"):
        scale_criteria(written, actor=alice)


def test_of_an_approved_strategy_nothing_is_scaled(approved: Any, alice: Any) -> None:  # noqa: F811
    with pytest.raises(Refused, match="decided while it is written"):
        scale_criteria(approved, actor=alice)


def test_a_weight_that_moves_under_a_decision_says_so_until_it_is_decided_again(
    written: Any, where: str, alice: Any
) -> None:
    from cmo_lifecycle.workflow import parts
    from strategy.models import AttributeWeight

    decided_criteria(written, alice)
    assert "moved since" not in page(alice, where)
    rows = [
        {**{name: getattr(row, name) for name in AttributeWeight.columns}, "id": row.pk}
        for row in written.attributes.order_by("position")
    ]
    rows[0]["weight"] += 5
    rows[1]["weight"] -= 5
    old = {one.pk: one.content["weight"] for one in written.consequences.filter(kind="criterion", state="accepted")}
    parts.write(written, AttributeWeight, rows, actor=alice, version=written.version)
    moved = [one for one in written.consequences.filter(pk__in=old) if one.content["weight"] != old[one.pk]]
    assert moved
    html = page(alice, where)
    for one in moved:
        said = f"Weight moved since it was decided: {old[one.pk]} → {one.content['weight']}"
        assert said in words(row(html, one))
    assert html.count("moved since") == len(moved)
    again = actions.reconsider(moved[0], actor=alice)
    actions.accept(again, actor=alice)
    assert "moved since" not in row(page(alice, where), again)


def test_whoever_signs_is_shown_what_before_the_signature(written: Any, alice: Any, erin: Any, quinn: Any) -> None:
    from strategy.actions import strategies
    from tests.conftest import PASSWORD

    actions.decline(first(written, "kpi"), actor=alice, reason="We count that elsewhere.")
    actions.accept_all(written, actor=alice)
    strategy = strategies.submit(Strategy.objects.get(pk=written.pk), actor=alice)
    where = strategy.get_absolute_url()
    assert "It waits for an executive and quality." in words(page(alice, where))
    html = page(quinn, f"{where}approve/")
    assert html.index("What you sign") < html.index("Your signature")
    said = words(html)
    for part in (
        "Partly: we must understand and control it", "Dual source · Ready by 30 Jun 2029", "Tier 1", "€30,833,333",
        f"Consequences that hold {written.consequences.filter(state='accepted').count()}", "We count that elsewhere.",
        "once Executive has given its word too",
    ):  # fmt: skip
        assert part in said, part
    for path in ("board-paper/", "asks/", "#conflicts"):
        assert f'href="{where}{path}"' in html
    strategies.approve(strategy, actor=quinn, password=PASSWORD, email=quinn.email)
    assert "It still waits for an executive." in words(page(alice, where))
    assert "given its word" not in words(page(erin, f"{where}approve/"))
