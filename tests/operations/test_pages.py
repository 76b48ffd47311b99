"""The pages of operations, opened as people open them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Heartbeat, Signature
from operations import review_run
from operations.actions import definitions as definition_actions
from operations.actions import reviews as review_actions
from operations.models import Delivery, KpiDefinition, Review, ReviewRun, ScoringPolicy
from tests.conftest import PASSWORD


def said(answer: Any) -> str:
    """What a page says: its main part as plain text with single spaces."""
    html = answer.content.decode()
    html = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(strip_tags(re.sub(r"<", " <", main[0] if main else html)))).strip()


def panel(answer: Any, key: str) -> str:
    """What one panel says."""
    html = re.sub(r"<svg.*?</svg>", " ", answer.content.decode(), flags=re.DOTALL)
    found = re.search(rf'<section[^>]*id="{key}".*?</section>', html, re.DOTALL)
    assert found, f"no panel {key}"
    return re.sub(r"\s+", " ", unescape(strip_tags(re.sub(r"<", " <", found[0])))).strip()


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


@pytest.fixture
def as_(db: None) -> Callable[[Any], Client]:
    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def quarter(relationship: Any, line: Any) -> Review:
    """Q1 2026 of Harrow for VX-12: ten lines, two five days late, one not delivered; no quantity, no order day."""
    for day in range(1, 10):
        line((1, day), (1, day + (5 if day > 7 else 0)), order_ref=f"PO-{day}", value=Decimal(100), currency="EUR")
    line((1, 10), order_ref="PO-10")
    review_run.run_reviews(review_run.end_of(date(2026, 4, 1)))
    return Review.objects.get(relationship=relationship, starts_on=date(2026, 1, 1))


@pytest.fixture
def signed(quarter: Review, priya: Any, quinn: Any) -> Review:
    review_actions.sign_off(quarter, actor=priya, password=PASSWORD)
    review_actions.sign_off(Review.objects.get(pk=quarter.pk), actor=quinn, password=PASSWORD)
    return Review.objects.get(pk=quarter.pk)


@pytest.fixture
def counted() -> Callable[..., Iterator[CaptureQueriesContext]]:
    return lambda: CaptureQueriesContext(connection)


def page(client: Client, record: Any, rest: str = "") -> Any:
    answer = client.get(f"{record.get_absolute_url()}{rest}")
    assert answer.status_code == 200, answer.status_code
    return answer


# ---------------------------------------------------------------- the review


def test_the_sentence_says_who_must_act_and_what_became_of_the_standing(quarter: Review, priya: Any, as_: Any) -> None:
    text = said(page(as_(priya), quarter))
    due = quarter.opened_at.date()
    assert "Waits for the signatures of Project manager and Quality, due " in text
    assert f"{due.year}" in text
    assert "The standing is Probation; there is no earlier score to compare with." in text
    assert "Most was lost by On-time delivery: 80 points." in text


def test_the_kpi_table_says_value_counted_lines_target_reading_and_coverage(
    quarter: Review, priya: Any, as_: Any
) -> None:
    text = panel(page(as_(priya), quarter), "kpis")
    assert "On-time delivery 7 of 10 lines 70.0 % ≥ 95 %" in text
    assert "below red line 100 %" in text
    assert "10 lines as of " in text


def test_nothing_measured_reads_as_what_it_is_and_never_as_zero(
    quarter: Review, priya: Any, as_: Any, line: Any
) -> None:
    text = panel(page(as_(priya), quarter), "kpis")
    assert re.search(r"On time in full 0 lines|On time in full 1 line", text)
    assert "Not supplied" in text
    before = Review.objects.get(relationship=quarter.relationship, starts_on=date(2025, 10, 1))
    text = panel(page(as_(priya), before), "kpis")
    assert text.count("No activity") >= 7
    assert "0.0 %" not in text


def test_a_mean_of_no_late_lines_is_not_applicable(relationship: Any, line: Any, priya: Any, as_: Any) -> None:
    line((1, 5), (1, 5))
    review_run.run_reviews(review_run.end_of(date(2026, 4, 1)))
    review = Review.objects.get(relationship=relationship, starts_on=date(2026, 1, 1))
    text = panel(page(as_(priya), review), "kpis")
    assert "Mean days late 0 late lines Not applicable" in text
    assert "No line was late, so there is no delay to average." in text
    assert "small sample: fewer than 5 lines" in text


def test_how_is_this_calculated_shows_the_sum_with_its_numbers(quarter: Review, priya: Any, as_: Any) -> None:
    text = panel(page(as_(priya), quarter), "kpis")
    assert text.count("How is this calculated?") == 7
    assert "7 (lines that arrived in the window) ÷ 10 (lines that arrived, and lines overdue) × 100 = 70.0 %." in text
    assert "On time is the scheduled day or any day before it." in text
    assert "Target ≥ 95 %, red line < 85 %. It lies at or beyond the red line, which gives 0 of 100." in text
    assert "Open the 3 missed" in text
    assert "Definition, version 1" in text
    assert "10 days late in all ÷ 2 late lines = 5.0 days in the mean." in text
    assert "A line without the data is left out, and the coverage says how many were." in text


def test_every_value_opens_down_to_the_very_lines_as_they_were(quarter: Review, priya: Any, as_: Any) -> None:
    client = as_(priya)
    answer = page(client, quarter, "inputs/?kpi=on_time_delivery&part=missed")
    text = said(answer)
    assert text.count("Vial") == 3
    assert "PO-8" in text and "PO-9" in text and "PO-10" in text and "PO-7" not in text
    assert "3 missed: 2 late by 5 days in the median, 5 days at most and 1 not delivered." in text
    assert "3 lines of 10 lines of Q1 2026, as they were on " in text
    assert "Counted 10 On time 7 Missed 3 Could not be judged" in text
    assert "still fits the lines" in text
    missed = Delivery.objects.get(order_ref="PO-8")
    assert f'href="{missed.get_absolute_url()}"' in answer.content.decode()
    assert said(page(client, quarter, "inputs/?kpi=on_time_delivery&part=numerator")).count("Vial") == 7
    assert said(page(client, quarter, "inputs/")).count("Vial") == 10
    assert said(page(client, quarter, "inputs/?start=²")).count("Vial") == 10


def test_a_line_that_changed_since_says_what_is_different(quarter: Review, priya: Any, sven: Any, as_: Any) -> None:
    edits.update(
        Delivery.objects.get(order_ref="PO-8"), {"delivered_on": date(2026, 1, 8)}, actor=sven, reason="Proof found"
    )
    text = said(page(as_(priya), quarter, "inputs/?kpi=on_time_delivery&part=missed"))
    assert "PO-8 – 8 Jan 2026 13 Jan 2026 ■ 5 days late" in text
    assert "changed delivered on" in text
    assert text.count("unchanged") == 2


def test_the_lines_are_handed_out_as_a_file(quarter: Review, priya: Any, as_: Any) -> None:
    answer = as_(priya).get(f"{quarter.get_absolute_url()}inputs/?kpi=on_time_delivery&part=missed&export=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 3
    assert {row["delivered_on"] for row in rows} == {"2026-01-13", "2026-01-14", ""}


@pytest.mark.parametrize("query", ["?kpi=nothing", "?kpi=on_time_delivery&part=stolen", "?part='; drop"])
def test_lines_of_what_is_not_there_are_not_there(quarter: Review, priya: Any, as_: Any, query: str) -> None:
    assert as_(priya).get(f"{quarter.get_absolute_url()}inputs/{query}").status_code == 404


def test_altered_inputs_are_shown_as_altered(quarter: Review, priya: Any, as_: Any) -> None:
    from operations.models import ReviewInputs

    kept = ReviewInputs.objects.get(review=quarter)
    kept.rows[5]["delivered_on"] = "2026-01-02"
    ReviewInputs.objects.filter(review=quarter).update(rows=kept.rows)
    assert "The lines do not have the SHA-256 they were kept with" in said(page(as_(priya), quarter, "inputs/"))


def test_the_standing_says_what_would_move_it(quarter: Review, priya: Any, as_: Any) -> None:
    text = panel(page(as_(priya), quarter), "standing")
    assert "Probation 20.0 of 100" in text
    assert "Proposed by the rule, decided by people." in text
    assert "It would be Watch with one of these, all else unchanged:" in text
    assert "On-time delivery: 3 more lines on time (100.0 %)" not in text
    assert "On-time delivery: 2 more lines on time (90.0 %)" in text
    assert "Delivery, weight 25 from 75 % of its weight 20.0" in text
    assert "75 % of the weight could be judged; 60 % are needed for a standing." in text


def test_what_moved_the_score_is_told_kpi_by_kpi(
    quarter: Review, relationship: Any, line: Any, priya: Any, as_: Any
) -> None:
    for day in range(1, 9):
        line((4, day), (4, day))
    review_run.run_reviews(review_run.end_of(date(2026, 7, 1)))
    review = Review.objects.get(relationship=relationship, starts_on=date(2026, 4, 1))
    answer = page(as_(priya), review)
    assert "The standing rose from Probation in Q1 2026 to Preferred, the score up 80 points." in said(answer)
    text = panel(answer, "moved")
    assert "On-time delivery: 100 points more (value and weight changed)" in text
    assert "Mean days late: 20 points less (not counted any more)" in text
    assert "None: every KPI that was scored is at its target." in text
    assert "up 30.0 points" in panel(answer, "kpis")
    assert "up 30.0 points from the one before" in panel(answer, "kpis")
    answer = page(as_(priya), relationship, "?tab=reviews")
    assert "up 30.0 points from the one before" in panel(answer, "trends")


def test_two_people_sign_by_the_pages_and_one_publishes(quarter: Review, priya: Any, quinn: Any, as_: Any) -> None:
    url = quarter.get_absolute_url()
    client = as_(priya)
    form = client.get(f"{url}sign_off/")
    assert "“I have reviewed and approve this scorecard”" in said(form)
    answer = client.post(
        f"{url}sign_off/",
        {"version": hidden(form, "version"), "signature_email": priya.email, "signature_password": PASSWORD},
        follow=True,
    )
    text = said(answer)
    assert "Signed by Project manager. Waits for the signature of Quality, due " in text
    assert "Signed (1 of 2)" in text
    assert "Priya Example · Project manager" in panel(answer, "signatures")
    client = as_(quinn)
    form = client.get(f"{url}sign_off/")
    answer = client.post(
        f"{url}sign_off/",
        {"version": hidden(form, "version"), "signature_email": quinn.email, "signature_password": PASSWORD},
        follow=True,
    )
    assert "Waits for the project manager to publish it." in said(answer)
    assert Signature.objects.of(quarter).count() == 2
    client = as_(priya)
    answer = client.post(f"{url}publish/", {"version": Review.objects.get(pk=quarter.pk).version}, follow=True)
    assert said(answer).split("Published on ")[1].startswith(f"{timezone.now().day} ")
    assert Review.objects.get(pk=quarter.pk).state == "published"


def test_a_signed_review_stands_and_says_that_later_data_differ(
    signed: Review, priya: Any, sven: Any, as_: Any
) -> None:
    answer = page(as_(priya), signed)
    assert 'id="later"' not in answer.content.decode()
    edits.update(
        Delivery.objects.get(order_ref="PO-8"), {"delivered_on": date(2026, 1, 8)}, actor=sven, reason="Proof found"
    )
    answer = page(as_(priya), signed)
    text = panel(answer, "later")
    assert (
        "Later data differ: 1 delivery line (1 changed) since this was computed. The review stands as it was signed"
        in text
    )
    assert "On-time delivery 70.0 % 7 of 10 lines 80.0 % 8 of 10 lines" in text
    assert "On-time delivery 7 of 10 lines 70.0 %" in panel(answer, "kpis")
    assert panel(answer, "signatures").count("● signed") == 2


def test_nobody_recomputes_what_somebody_signed(signed: Review, priya: Any, as_: Any) -> None:
    assert "recompute/" not in page(as_(priya), signed).content.decode()


def test_the_comment_of_a_scored_review_is_edited_with_a_reason(
    quarter: Review, priya: Any, tom: Any, as_: Any
) -> None:
    url = quarter.get_absolute_url()
    client = as_(priya)
    form = client.get(f"{url}edit/")
    sent = {"version": hidden(form, "version"), "comment": "Two lines waited for our own release."}
    answer = client.post(f"{url}edit/", sent)
    assert "Say why you change it" in said(answer)
    answer = client.post(f"{url}edit/", {**sent, "reason": "Found in the minutes"}, follow=True)
    assert "Two lines waited for our own release." in panel(answer, "comment")
    assert as_(tom).get(f"{url}edit/").status_code == 403


def test_history_tells_who_did_what_and_the_trail_has_the_fields(signed: Review, audra: Any, as_: Any) -> None:
    text = said(page(as_(audra), signed, "?tab=history"))
    assert "Priya Example" in text and "Quinn Example" in text
    assert "Audit trail of this record" in text


def test_a_score_is_never_shown_in_a_band_it_is_not_in(quarter: Review, priya: Any, as_: Any) -> None:
    Review.objects.filter(pk=quarter.pk).update(score=Decimal("69.960000"), standing="watch")
    client = as_(priya)
    assert "Watch 69.96 of 100" in panel(page(client, quarter), "standing")
    assert "69.96" in said(client.get("/operations/reviews/"))


@pytest.mark.parametrize("state", ["scored", "half signed", "signed", "published"])
def test_the_review_page_asks_little_of_the_database(
    quarter: Review, priya: Any, quinn: Any, as_: Any, counted: Any, state: str
) -> None:
    if state != "scored":
        review_actions.sign_off(quarter, actor=priya, password=PASSWORD)
    if state not in ("scored", "half signed"):
        review_actions.sign_off(Review.objects.get(pk=quarter.pk), actor=quinn, password=PASSWORD)
    if state == "published":
        review_actions.publish(Review.objects.get(pk=quarter.pk), actor=priya)
    client = as_(priya)
    page(client, quarter)
    with counted() as queries:
        page(client, quarter)
    assert len(queries) <= 20, [query["sql"][:150] for query in queries]


# ---------------------------------------------------------------- who sees what

MEMBERS = ("alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin")


@pytest.mark.parametrize("rest", ["", "inputs/", "pdf/", "?tab=history"])
def test_a_review_is_seen_by_the_programme_and_the_auditor_alone(
    quarter: Review, cast: Any, as_: Any, rest: str
) -> None:
    url = f"{quarter.get_absolute_url()}{rest}"
    found = {name: as_(person).get(url).status_code for name, person in cast.items()}
    assert found == dict.fromkeys((*MEMBERS, "audra"), 200) | {
        "adam": 404, "bob": 404, "mallory": 404, "otto": 403,
    }  # fmt: skip


def test_a_delivery_is_seen_by_the_programme_and_the_auditor_alone(quarter: Review, cast: Any, as_: Any) -> None:
    url = Delivery.objects.first().get_absolute_url()  # type: ignore[union-attr]
    found = {name: as_(person).get(url).status_code for name, person in cast.items()}
    assert found == dict.fromkeys((*MEMBERS, "audra"), 200) | {
        "adam": 404, "bob": 404, "mallory": 404, "otto": 403,
    }  # fmt: skip


def test_the_dictionary_is_open_to_everybody_inside(quarter: Review, cast: Any, as_: Any) -> None:
    for url in (
        "/operations/kpis/",
        "/operations/kpis/versions/",
        "/operations/scoring-policies/",
        "/operations/",
        "/operations/runs/",
    ):
        found = {as_(person).get(url).status_code for name, person in cast.items() if name != "otto"}
        assert found == {200}, url
        assert as_(cast["otto"]).get(url).status_code == 403


def test_lists_show_nobody_anything_foreign(quarter: Review, mallory: Any, as_: Any) -> None:
    client = as_(mallory)
    assert "No data yet" in said(client.get("/operations/reviews/"))
    assert "No data yet" in said(client.get("/operations/deliveries/"))
    assert "Vial" not in said(client.get(f"/operations/deliveries/?relationship={quarter.relationship_id}"))


# ---------------------------------------------------------------- deliveries


@pytest.mark.parametrize(
    ("query", "orders"),
    [
        ("arrival=late", {"PO-8", "PO-9"}),
        ("arrival=undelivered", {"PO-10"}),
        ("arrival=overdue", {"PO-10"}),
        ("scheduled_from=2026-01-03&scheduled_to=2026-01-04", {"PO-3", "PO-4"}),
        ("q=PO-7", {"PO-7"}),
        ("cmo=Harrow+Biologics&arrival=late", {"PO-8", "PO-9"}),
        ("programme=VX-12&arrival=late", {"PO-8", "PO-9"}),
        ("country=IE", {"PO-1"}),
        ("transport_mode=air", {"PO-2"}),
        ("item=ampoule", {"PO-3"}),
        ("site=Harrow+Cork", {"PO-4"}),
    ],
)
def test_deliveries_are_filtered_by_what_stands_in_the_address(
    quarter: Review, harrow_site: Any, priya: Any, as_: Any, query: str, orders: set[str]
) -> None:
    Delivery.objects.filter(order_ref="PO-1").update(country="IE")
    Delivery.objects.filter(order_ref="PO-2").update(transport_mode="Air")
    Delivery.objects.filter(order_ref="PO-3").update(item="Ampoule 5 ml")
    Delivery.objects.filter(order_ref="PO-4").update(site=harrow_site)
    answer = as_(priya).get(f"/operations/deliveries/?{query}")
    rows = re.search(r"<tbody>.*?</tbody>", answer.content.decode(), re.DOTALL)
    assert rows
    assert set(re.findall(r"PO-\d+", rows[0])) == orders


def test_a_link_filters_by_the_id_of_what_it_comes_from(quarter: Review, harrow: Any, priya: Any, as_: Any) -> None:
    client = as_(priya)
    answer = client.get(f"/operations/deliveries/?cmo={harrow.pk}&arrival=late")
    assert "CMO: Harrow Biologics" in said(answer)
    assert "2 match" in said(answer)
    other = client.get(f"/operations/deliveries/?relationship={quarter.relationship_id}&arrival=late")
    assert "2 match" in said(other)


def test_whoever_may_import_is_led_to_it_from_the_list(relationship: Any, sven: Any, farid: Any, as_: Any) -> None:
    assert 'href="/operations/imports/add/"' in as_(sven).get("/operations/deliveries/").content.decode()
    assert "imports/add/" not in as_(farid).get("/operations/deliveries/").content.decode()


def test_an_unknown_name_in_a_filter_is_said_at_the_field(quarter: Review, priya: Any, as_: Any) -> None:
    assert "Nothing here is called “Lonzza”" in said(as_(priya).get("/operations/deliveries/?cmo=Lonzza"))


def test_the_export_has_exactly_the_filtered_lines(quarter: Review, priya: Any, as_: Any) -> None:
    answer = as_(priya).get("/operations/deliveries/?arrival=late&columns=order_ref,days_late&export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Item", "Arrival", "Order"], ["Vial", "5", "PO-9"], ["Vial", "5", "PO-8"]]


def test_a_delivery_is_added_and_corrected_by_hand(relationship: Any, harrow_site: Any, sven: Any, as_: Any) -> None:
    client = as_(sven)
    form = client.get("/operations/deliveries/add/")
    sent = {
        "new_id": hidden(form, "new_id"),
        "item": "VX-12 drug product, 10 ml",
        "relationship": "Harrow Biologics, VX-12",
        "site": "Harrow Cork",
        "scheduled_on": "2026-03-02",
        "delivered_on": "2026-03-14",
        "value": "1200.50",
        "currency": "eur",
    }
    answer = client.post("/operations/deliveries/add/", {**sent, "currency": "€"})
    assert "Give the currency as three letters, such as USD or EUR." in said(answer)
    answer = client.post("/operations/deliveries/add/", sent, follow=True)
    made = Delivery.objects.get()
    assert (made.relationship, made.site, made.currency, made.days_late) == (relationship, harrow_site, "EUR", 12)
    text = said(answer)
    assert "Due 2 Mar 2026, delivered 14 Mar 2026: 12 days late." in text
    assert "Quantity accepted Not supplied" in text
    form = client.get(f"{made.get_absolute_url()}edit/")
    fields = {**{name: value for name, value in sent.items() if name != "new_id"}, "version": hidden(form, "version")}
    answer = client.post(f"{made.get_absolute_url()}edit/", {**fields, "delivered_on": "2026-03-02"})
    assert "Say why you change it" in said(answer)
    client.post(f"{made.get_absolute_url()}edit/", {**fields, "delivered_on": "2026-03-02", "reason": "Proof found"})
    made.refresh_from_db()
    assert (made.delivered_on, made.days_late, made.version) == (date(2026, 3, 2), 0, 2)


def test_nobody_adds_a_delivery_to_what_they_cannot_see(
    relationship: Any, mallory: Any, other_programme: Any, as_: Any
) -> None:
    client = as_(mallory)
    form = client.get("/operations/deliveries/add/")
    sent = {
        "new_id": hidden(form, "new_id"),
        "item": "Vial",
        "relationship": "Harrow Biologics, VX-12",
        "scheduled_on": "2026-03-02",
    }
    answer = client.post("/operations/deliveries/add/", sent)
    assert "Nothing here is called “Harrow Biologics, VX-12”" in said(answer)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["/operations/deliveries/?arrival=late", "/operations/reviews/?standing=probation", "/operations/kpis/versions/"],
)
def test_lists_ask_little_of_the_database(quarter: Review, priya: Any, as_: Any, counted: Any, url: str) -> None:
    client = as_(priya)
    client.get(url)
    with counted() as queries:
        client.get(url)
    assert len(queries) <= 12, [query["sql"][:150] for query in queries]


# ---------------------------------------------------------------- the list of reviews


@pytest.mark.parametrize(
    ("query", "periods"),
    [
        ("period=Q1+2026", {"Q1 2026"}),
        ("standing=probation", {"Q1 2026"}),
        ("state=signed_off", {"Q1 2026"}),
        ("starts_from=2025-07-01&starts_to=2025-10-01", {"Q3 2025", "Q4 2025"}),
        ("lateness=made_up&starts_from=2025-07-01", {"Q3 2025", "Q4 2025"}),
        ("lateness=overdue&starts_from=2025-10-01", {"Q4 2025"}),
        ("cmo=Harrow&starts_from=2026-01-01", {"Q1 2026"}),
    ],
)
def test_reviews_are_filtered(signed: Review, priya: Any, as_: Any, query: str, periods: set[str]) -> None:
    answer = as_(priya).get(f"/operations/reviews/?{query}")
    rows = re.search(r"<tbody>.*?</tbody>", answer.content.decode(), re.DOTALL)
    assert rows
    assert set(re.findall(r"Q\d 20\d\d", rows[0])) == periods


# ---------------------------------------------------------------- the KPI dictionary


def test_the_dictionary_lists_what_is_in_force_by_category(quarter: Review, priya: Any, as_: Any) -> None:
    text = said(as_(priya).get("/operations/kpis/"))
    assert "7 KPIs in force." in text
    assert text.index("Delivery") < text.index("On-time delivery") < text.index("Cost") < text.index("Line value")
    assert "On-time delivery Version 1 Lines on time ÷ lines due ≥ 95 % < 85 % 60 9" in text


def test_a_definition_is_revised_compared_and_approved_by_the_pages(
    quarter: Review, priya: Any, quinn: Any, as_: Any
) -> None:
    first = KpiDefinition.objects.get(code="on_time_delivery")
    client = as_(priya)
    answer = client.post(f"{first.get_absolute_url()}revise/", {"why": ""})
    assert "Why a new version must be filled in." in said(answer)
    answer = client.post(f"{first.get_absolute_url()}revise/", {"why": "One day of grace for customs."}, follow=True)
    second = KpiDefinition.objects.get(code="on_time_delivery", number=2)
    assert answer.request["PATH_INFO"] == f"{second.get_absolute_url()}edit/"
    assert 'name="code"' not in answer.content.decode()
    again = client.post(f"{first.get_absolute_url()}revise/", {"why": "Once more"})
    assert (again.status_code, "Version 2 is a draft already: edit that one." in said(again)) == (409, True)

    sent = {name: "" if value is None else str(value) for name, value in answer.context["form"].initial.items()}
    sent |= {"grace_days": "1", "target": "96", "version": hidden(answer, "version")}
    answer = client.post(f"{second.get_absolute_url()}edit/", sent, follow=True)
    text = panel(answer, "differences")
    assert "Target taken out: 95 put in: 96" in text
    assert "Days of grace taken out: 0 put in: 1" in text
    assert "Draft" in said(client.get("/operations/kpis/"))
    assert client.get(f"{second.get_absolute_url()}approve_definition/").status_code == 403

    client = as_(quinn)
    form = client.get(f"{second.get_absolute_url()}approve_definition/")
    assert "Version 1 gives way to it." in said(form)
    answer = client.post(
        f"{second.get_absolute_url()}approve_definition/",
        {"version": hidden(form, "version"), "signature_email": quinn.email, "signature_password": PASSWORD},
        follow=True,
    )
    assert "Version 2, in force since " in said(answer)
    assert "● signed" in panel(answer, "signatures")
    first.refresh_from_db()
    assert first.state == "superseded"
    text = panel(page(client, first), "versions")
    assert "Version 1 in force from " in text
    assert "used in 9 reviews" in text
    # What is scored already keeps the version it was scored by.
    assert "Definition, version 1" in panel(page(client, quarter), "kpis")
    # Any two versions stand side by side.
    assert "Version 2 against version 1" in said(page(client, first, "?against=2"))


def test_whoever_wrote_a_definition_does_not_approve_it(quinn: Any, as_: Any) -> None:
    first = KpiDefinition.objects.get(code="on_time_delivery")
    draft = definition_actions.revise_definition(first, actor=quinn, why="Stricter")
    answer = as_(quinn).get(f"{draft.get_absolute_url()}approve_definition/")
    assert "Whoever wrote a record does not approve it. Ask a colleague to do it." in said(answer)


def test_a_kpi_is_retired_with_a_signature_and_a_reason(quinn: Any, as_: Any) -> None:
    found = KpiDefinition.objects.get(code="max_days_late")
    client = as_(quinn)
    form = client.get(f"{found.get_absolute_url()}retire_definition/")
    sent = {"version": hidden(form, "version"), "signature_email": quinn.email, "signature_password": PASSWORD}
    client.post(f"{found.get_absolute_url()}retire_definition/", {**sent, "reason": "Nobody acts on it"})
    found.refresh_from_db()
    assert found.state == "retired"
    text = said(client.get("/operations/kpis/"))
    assert "6 KPIs in force." in text and "1 retired version" in text


def test_a_new_kpi_whose_red_line_is_better_than_its_target_is_refused(quinn: Any, as_: Any) -> None:
    client = as_(quinn)
    form = client.get("/operations/kpis/add/")
    sent = {
        "new_id": hidden(form, "new_id"), "name": "Early lines", "code": "early", "category": "delivery",
        "formula": "on_time", "formula_words": "Words", "numerator_words": "n", "denominator_words": "d", "unit": "%",
        "decimals": "1", "direction": "up", "target": "80", "red_line": "90", "weight": "1", "grace_days": "0",
        "early_days": "", "quantity_tolerance": "0", "date_basis": "scheduled", "minimum_sample": "5",
        "missing_data": "leave_out", "why": "",
    }  # fmt: skip
    answer = client.post("/operations/kpis/add/", sent)
    assert "The target has to be better than the red line." in said(answer)
    answer = client.post("/operations/kpis/add/", {**sent, "red_line": "70"}, follow=True)
    assert "Version 1 is a draft: reviews do not use it until quality has approved it." in said(answer)


@pytest.mark.parametrize("name", ["tom", "farid", "audra", "adam"])
def test_only_quality_and_project_managers_revise(cast: Any, as_: Any, name: str) -> None:
    found = KpiDefinition.objects.get(code="on_time_delivery")
    client = as_(cast[name])
    assert "revise/" not in page(client, found).content.decode()
    assert client.get(f"{found.get_absolute_url()}revise/").status_code == 403
    assert client.post(f"{found.get_absolute_url()}revise/", {"why": "Mine"}).status_code == 403
    assert client.post(f"{ScoringPolicy.objects.get().get_absolute_url()}revise/").status_code == 403


# ---------------------------------------------------------------- the scoring policy


def test_a_policy_draws_its_standings_on_one_scale(priya: Any, as_: Any) -> None:
    answer = page(as_(priya), ScoringPolicy.objects.get())
    drawn = "Probation 0 to 55, Watch 55 to 70, Acceptable 70 to 85, Preferred 85 to 100."
    assert f'role="img" aria-label="{drawn}"' in answer.content.decode()
    text = panel(answer, "standings")
    assert "Preferred 85 to 100 ▲" not in text
    assert "● Preferred 85 to 100 ● Acceptable 70 to under 85 ▲ Watch 55 to under 70 ■ Probation 0 to under 55" in text
    assert "Tier 1 Monthly Tier 2 Quarterly Tier 3 Half-yearly Without a tier Quarterly" in panel(answer, "cadences")


def test_a_policy_is_revised_by_the_pages(priya: Any, quinn: Any, as_: Any) -> None:
    first = ScoringPolicy.objects.get()
    client = as_(priya)
    assert "add/" not in client.get("/operations/scoring-policies/").content.decode()
    assert "which begins as a copy of it" in said(client.get(f"{first.get_absolute_url()}revise/"))
    answer = client.post(f"{first.get_absolute_url()}revise/", follow=True)
    second = ScoringPolicy.objects.get(number=2)
    sent = {
        "version": hidden(answer, "version"), "weight_quality": "30", "weight_delivery": "40", "weight_cost": "10",
        "weight_compliance": "15", "weight_partnership": "10", "from_preferred": "90", "from_acceptable": "75",
        "from_watch": "60", "cadence_1": "month", "cadence_2": "month", "cadence_3": "year", "cadence_none": "quarter",
        "cadence_follows_standing": "on", "least_coverage": "50", "grace_days": "5",
    }  # fmt: skip
    answer = client.post(f"{second.get_absolute_url()}edit/", sent)
    assert "The weights have to total 100; they total 105." in said(answer)
    answer = client.post(f"{second.get_absolute_url()}edit/", {**sent, "weight_delivery": "35", "from_watch": "80"})
    assert "Bands begin at falling numbers and the last begins at 0, so that every score has one." in said(answer)
    answer = client.post(f"{second.get_absolute_url()}edit/", {**sent, "weight_delivery": "35"}, follow=True)
    second.refresh_from_db()
    assert second.category_weights == {"quality": 30, "delivery": 35, "cost": 10, "compliance": 15, "partnership": 10}
    assert [(band["standing"], band["from"]) for band in second.bands] == [
        ("preferred", "90"), ("acceptable", "75"), ("watch", "60"), ("probation", "0"),
    ]  # fmt: skip
    assert (second.cadence_by_tier["2"], second.least_coverage, second.grace_days) == ("month", 50, 5)
    assert "Preferred 90 to 100" in panel(answer, "standings")
    again = client.post(f"{first.get_absolute_url()}revise/")
    assert (again.status_code, "Version 2 is a draft already" in said(again)) == (409, True)
    definition_actions.approve_policy(ScoringPolicy.objects.get(number=2), actor=quinn, password=PASSWORD)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert "● signed" in panel(page(client, ScoringPolicy.objects.get(number=2)), "signatures")


# ---------------------------------------------------------------- the landing page and the schedule


def test_the_landing_page_says_what_waits_what_is_late_and_what_the_schedule_did(
    quarter: Review, quinn: Any, farid: Any, as_: Any
) -> None:
    answer = as_(quinn).get("/operations/")
    text = said(answer)
    assert "9 reviews wait for your signature." in text
    assert "Q1 2024: Harrow Biologics · VX-12 as Quality" in text
    oldest = Review.objects.get(relationship=quarter.relationship, starts_on=date(2024, 1, 1))
    assert f'href="{oldest.get_absolute_url()}sign_off/"' in answer.content.decode()
    assert "1 more on your desk" in text
    assert "Late reviews" in text and "period ended 31 Mar 2024" in text and "the next review is due already" in text
    assert "opened 9 reviews, 8 made up late" in text
    assert "Nothing waits for your signature." in said(as_(farid).get("/operations/"))


def test_a_silent_scheduler_is_told_and_a_running_one_is_not(priya: Any, as_: Any) -> None:
    client = as_(priya)
    assert "The scheduler has never reported" in said(client.get("/operations/"))
    beat = Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(hours=30))
    assert "The scheduler has been silent for 30 hours" in said(client.get("/operations/"))
    beat.at = timezone.now() - timedelta(hours=2)
    beat.save()
    assert "The scheduler has" not in said(client.get("/operations/"))
    assert "The scheduler last reported" in said(client.get("/operations/runs/"))


def test_runs_that_opened_nothing_are_left_out_unless_asked_for(quarter: Review, priya: Any, as_: Any) -> None:
    review_run.run_reviews(review_run.end_of(date(2026, 4, 2)))
    assert ReviewRun.objects.count() == 2
    client = as_(priya)
    assert "nothing was due" not in said(client.get("/operations/runs/"))
    text = said(client.get("/operations/runs/?all=1"))
    assert "nothing was due" in text and "opened 9 reviews, 8 made up late" in text


# ---------------------------------------------------------------- the relationship's page


def test_a_relationship_shows_its_reviews_its_trends_and_the_next_review_with_its_arithmetic(
    quarter: Review, priya: Any, as_: Any
) -> None:
    client = as_(priya)
    answer = page(client, quarter.relationship)
    assert "Probation 20.0 of 100" in panel(answer, "scorecard")
    assert "Scheduled review, Q2 2026" in said(answer)
    answer = page(client, quarter.relationship, "?tab=reviews")
    text = panel(answer, "next")
    assert (
        "Q2 2026 ends on 30 Jun 2026: the review opens on 1 Jul 2026 at 00:00 (UTC)."
        " Quarterly, as the policy asks for tier 2." in text
    )
    text = panel(answer, "trends")
    assert "On-time delivery 70.0 % ≥ 95 %" in text and "below red line" in text
    assert "Q1 2026" in panel(answer, "reviews")


def test_a_relationship_shows_its_deliveries(quarter: Review, priya: Any, farid: Any, as_: Any) -> None:
    answer = page(as_(priya), quarter.relationship, "?tab=deliveries")
    assert panel(answer, "deliveries").count("Vial") == 10
    assert f"/operations/deliveries/add/?relationship={quarter.relationship_id}" in answer.content.decode()
    assert "deliveries/add/" not in page(as_(farid), quarter.relationship, "?tab=deliveries").content.decode()
