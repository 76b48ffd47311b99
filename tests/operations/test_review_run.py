"""The scheduled review run: right, once per period, and never over a signature."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from cmo_lifecycle.partners.models import CMO, Inspection, Relationship, Site
from cmo_lifecycle.workflow.models import Approval, Event
from cmo_lifecycle.workflow.refusals import NotFromHere, Refused
from operations import kpi_math, review_run, tasks
from operations.actions.reviews import recompute, sign_off
from operations.kpi import kpi_values
from operations.models import Delivery, DuePeriod, KpiDefinition, KpiObservation, Review, ReviewInputs, ReviewRun
from operations.review_run import observe

PASSWORD = "correct horse battery 9"


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def _active_from(relationship: Any, day: date) -> None:
    Relationship.objects.filter(pk=relationship.pk).update(active_from=day)


def _sign(review: Review, *people: Any) -> Review:
    for person in people:
        review = sign_off(review, actor=person, password=PASSWORD)
    return review


def _periods() -> list[str]:
    return list(Review.objects.order_by("starts_on").values_list("label", flat=True))


@pytest.mark.django_db
class TestOneRun:
    def test_a_review_has_everything_a_person_would_have_made(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        for day in range(1, 10):
            line((2, day), (2, day), value=Decimal("10.50"), currency="EUR", ordered_on=date(2026, 1, 2))
        line((3, 1), (3, 11), value=Decimal("5.50"), currency="EUR")
        run = review_run.run_reviews(at(2026, 4, 1))

        assert (run.periods_due, run.reviews_opened, run.made_up_late) == (1, 1, 0)
        review = Review.objects.get()
        assert (review.state, review.version, review.label, review.made_up_late) == ("scored", 2, "Q1 2026", False)
        assert (review.starts_on, review.ends_on, review.run) == (date(2026, 1, 1), date(2026, 3, 31), run)
        found = {row.definition.code: row for row in review.observations.select_related("definition")}
        assert {code: (row.state, row.numerator, row.denominator, row.value) for code, row in found.items()} == {
            "on_time_delivery": ("ok", 9, 10, 90),
            "on_time_in_full": ("not_supplied", None, 0, None),
            "mean_days_late": ("ok", 10, 1, 10),
            "max_days_late": ("ok", None, 10, 10),
            "lead_time_median": ("ok", None, 9, 34),
            "lead_time_p90": ("ok", None, 9, Decimal("37.2")),
            "line_value": ("ok", 100, 10, 100),
        }
        assert found["line_value"].currency == "EUR"
        assert (found["lead_time_median"].coverage, found["lead_time_median"].small_sample) == (90, False)
        # On time 90 between 85 and 95 is half way, 10 days between 30 and 5 is 80: 60 and 15 parts of the weight.
        assert (found["on_time_delivery"].normalised, found["mean_days_late"].normalised) == (50, 80)
        assert (review.score, review.coverage, review.standing) == (56, 75, "watch")
        assert review.result["overall"] == "56"

        events = Event.objects.of(review).order_by("record_version")
        assert [(e.verb, e.from_state, e.to_state, e.record_version, e.record_label) for e in events] == [
            ("open", "", "open", 1, str(review)),
            ("score", "open", "scored", 2, str(review)),
        ]
        assert {(e.actor.email, e.actor.is_service, e.source, e.related_id) for e in events} == {
            ("schedule@built-in.invalid", True, "schedule", relationship.pk)
        }
        approvals = Approval.objects.of(review).order_by("role")
        assert [(a.verb, a.role, a.status, a.record_label) for a in approvals] == [
            ("sign_off", "project_manager", "waiting", str(review)),
            ("sign_off", "quality", "waiting", str(review)),
        ]
        assert all(a.due is not None and a.due > review.opened_at.date() for a in approvals)

    def test_the_snapshot_holds_the_lines_and_its_hash(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        first = line((2, 1), (2, 1), quantity_ordered=Decimal("1.500"))
        line((4, 1), (4, 1))
        review_run.run_reviews(at(2026, 4, 1))
        inputs = ReviewInputs.objects.get()
        assert inputs.count == 1
        assert inputs.rows == [
            {
                "id": str(first.pk), "version": 1, "scheduled_on": "2026-02-01", "delivered_on": "2026-02-01",
                "ordered_on": None, "quantity_ordered": "1.500", "quantity_delivered": None,
                "quantity_accepted": None, "value": None, "currency": "",
            }
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SELECT rows::text FROM operations_reviewinputs")
            text = cursor.fetchone()[0]
        assert inputs.sha256 == hashlib.sha256(text.encode()).hexdigest()

    def test_the_hash_is_that_of_the_rows_as_the_database_writes_them(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        line((2, 1), (2, 3), value=Decimal("12.50"), currency='"\\é', quantity_ordered=Decimal("1E+3"))
        line((2, 2))
        review_run.run_reviews(at(2026, 4, 1))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sha256 = encode(sha256(convert_to(rows::text, 'UTF8')), 'hex'), jsonb_array_length(rows),"
                " rows -> 0 ->> 'currency', rows -> 0 ->> 'value', rows -> 1 -> 'delivered_on'"
                " FROM operations_reviewinputs"
            )
            assert cursor.fetchall() == [(True, 2, '"\\é', "12.50", "null")]

    def test_a_period_without_a_line_is_reviewed_and_not_judged(self, relationship: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        review_run.run_reviews(at(2026, 4, 1))
        review = Review.objects.get()
        assert set(review.observations.values_list("state", "value")) == {("no_activity", None)}
        assert (review.score, review.coverage, review.standing) == (None, 0, "insufficient")
        assert (review.inputs.count, review.inputs.rows) == (0, [])

    def test_missed_periods_are_made_up_and_marked_late(self, relationship: Any) -> None:
        _active_from(relationship, date(2025, 5, 1))
        run = review_run.run_reviews(at(2026, 2, 1))
        assert (run.periods_due, run.reviews_opened, run.made_up_late) == (3, 3, 2)
        assert list(Review.objects.order_by("starts_on").values_list("label", "made_up_late")) == [
            ("Q2 2025", True),
            ("Q3 2025", True),
            ("Q4 2025", False),
        ]

    def test_a_second_run_adds_nothing(self, relationship: Any) -> None:
        _active_from(relationship, date(2025, 5, 1))
        review_run.run_reviews(at(2026, 2, 1))
        before = (Event.objects.count(), Approval.objects.count(), KpiObservation.objects.count())
        run = review_run.run_reviews(at(2026, 2, 1))
        assert (run.periods_due, run.reviews_opened, run.made_up_late) == (0, 0, 0)
        assert (Event.objects.count(), Approval.objects.count(), KpiObservation.objects.count()) == before
        assert len(_periods()) == 3

    def test_many_small_chunks_make_what_one_large_makes(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2025, 5, 1))
        line((1, 15), (1, 25))
        run = review_run.run_reviews(at(2026, 8, 1), chunk=1)
        assert run.reviews_opened == 5
        assert _periods() == ["Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026"]

    def test_the_clocks_message_and_the_command_do_the_same(self, relationship: Any, capsys: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        call_command("run_reviews", as_of=date(2026, 4, 1))
        assert capsys.readouterr().out == "Periods due: 1. Reviews opened: 1. Made up late: 0.\n"
        assert Event.objects.filter(verb="open").get().source == "command"
        call_command("run_reviews", as_of=date(2026, 4, 1))
        assert capsys.readouterr().out == "Periods due: 0. Reviews opened: 0. Made up late: 0.\n"

    def test_a_message_delivered_three_times_makes_one_review(self, relationship: Any, time_machine: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        time_machine.move_to(at(2026, 4, 1))
        for _ in range(3):
            tasks.open_due_reviews()
        assert _periods() == ["Q1 2026"]

    def test_without_a_kpi_in_force_nothing_is_measured_or_signed(self, relationship: Any, priya: Any) -> None:
        KpiDefinition.objects.update(state="retired")
        _active_from(relationship, date(2026, 1, 1))
        review_run.run_reviews(at(2026, 4, 1))
        review = Review.objects.get()
        assert (review.observations.count(), review.standing) == (0, "insufficient")
        with pytest.raises(Refused):
            sign_off(review, actor=priya, password=PASSWORD)

    def test_each_review_says_what_moved_it(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        line((2, 1), (2, 1))
        line((5, 1), (5, 11))
        review_run.run_reviews(at(2026, 7, 1))
        first, second = Review.objects.order_by("starts_on")
        assert (first.score, first.result["against"], first.result["change"]) == (100, None, None)
        assert (second.score, second.result["against"], second.result["change"]) == (16, "Q1 2026", "-84")
        assert [(m["code"], m["change"], m["cause"]) for m in second.result["movements"]] == [
            ("on_time_delivery", "-100", "value_and_weight"),
            ("mean_days_late", "16", "entered"),
        ]

    def test_a_kpi_by_delivery_day_counts_what_arrived_in_the_period(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        KpiDefinition.objects.filter(code="on_time_delivery").update(date_basis="delivered")
        line((3, 30), (4, 2))
        line((12, 1), (3, 1))
        line((2, 1), (2, 1))
        review_run.run_reviews(at(2026, 4, 1))
        review = Review.objects.get()
        numbers = dict(review.observations.values_list("definition__code", "denominator"))
        assert (numbers["on_time_delivery"], numbers["max_days_late"], review.inputs.count) == (2, 2, 3)
        row = review.observations.get(definition__code="on_time_delivery")
        assert len(review_run.lines_behind(row)) == 2

    def test_every_number_opens_to_the_lines_of_its_snapshot(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        on_time, late, overdue = line((2, 1), (2, 1)), line((2, 2), (2, 9)), line((2, 3))
        review_run.run_reviews(at(2026, 4, 1))
        row = KpiObservation.objects.get(definition__code="on_time_delivery")
        Delivery.objects.filter(pk=late.pk).update(delivered_on=date(2026, 2, 1))
        assert review_run.lines_behind(row) == [on_time.pk, late.pk, overdue.pk]
        assert review_run.lines_behind(row, "numerator") == [on_time.pk]
        assert review_run.lines_behind(row, "missed") == [late.pk, overdue.pk]

    def test_the_outlook_is_that_of_the_kept_figures(self, relationship: Any, line: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        for day in range(1, 11):
            line((2, day), (2, day + (10 if day > 8 else 0)))
        review_run.run_reviews(at(2026, 4, 1))
        review = Review.objects.get()
        outlook = review_run.outlook(review)
        assert (review.standing, outlook.kind, outlook.standing) == ("probation", "kpis", "watch")
        assert [(move.code, move.count) for move in outlook.moves] == [("on_time_delivery", 1)]


@pytest.mark.django_db
class TestWhatAuthoritiesFound:
    """A perfect quarter of Harrow for VX-12, and what the inspections of its site make of the standing."""

    OAI = "Harrow Cork: OAI, official action indicated, after the inspection by FDA of 3 Feb 2026."
    LETTER = "Harrow Cork: warning letter of 20 Mar 2026 after the inspection by FDA of 3 Feb 2026."

    @pytest.fixture
    def inspect(self, harrow_site: Any) -> Any:
        def inspect(day: date, classification: str = "", **more: Any) -> Inspection:
            given = {"site": harrow_site, "authority": "FDA"} | more
            return Inspection.objects.create(started_on=day, classification=classification, **given)

        return inspect

    @pytest.fixture
    def reviewed(self, relationship: Any, line: Any) -> Any:
        _active_from(relationship, date(2026, 1, 1))
        line((2, 1), (2, 1))

        def reviewed() -> Review:
            review_run.run_reviews(at(2026, 4, 1))
            return Review.objects.get(starts_on=date(2026, 1, 1), relationship=relationship)

        return reviewed

    def test_an_oai_at_a_site_of_the_relationship_caps_the_standing(
        self, reviewed: Any, inspect: Any, priya: Any, client: Any
    ) -> None:
        inspect(date(2026, 2, 3), "oai")
        review = reviewed()
        assert (review.score, review.standing, review.result["score_standing"]) == (100, "watch", "preferred")
        assert review.result["binding"] == [{"reason": self.OAI, "cap": "watch"}]
        outlook = review_run.outlook(review)
        assert (outlook.kind, outlook.standing) == ("overrides", "preferred")
        client.force_login(priya)
        assert f"Held down by: {self.OAI}" in client.get(review.get_absolute_url()).content.decode()

    def test_a_warning_letter_caps_lower_and_only_from_its_day_on(self, reviewed: Any, inspect: Any) -> None:
        inspect(date(2026, 2, 3), warning_letter_on=date(2026, 3, 20))
        inspect(date(2026, 1, 8), "oai", authority="MHRA", warning_letter_on=date(2026, 4, 2))
        review = reviewed()
        assert review.standing == "probation"
        assert [override["cap"] for override in review.result["binding"]] == ["watch", "probation"]
        assert review.result["binding"][1]["reason"] == self.LETTER

    @pytest.mark.parametrize(
        ("later", "standing"),
        [
            ({"classification": "vai"}, "preferred"),
            ({"classification": "nai", "authority": "fda"}, "preferred"),
            ({"classification": ""}, "watch"),
            ({"classification": "nai", "authority": "EMA"}, "watch"),
            ({"classification": "nai", "day": date(2026, 4, 1)}, "watch"),
        ],
    )
    def test_it_holds_until_the_authoritys_next_word_within_the_period(
        self, reviewed: Any, inspect: Any, later: dict[str, Any], standing: str
    ) -> None:
        inspect(date(2024, 6, 3), "oai")
        inspect(later.pop("day", date(2026, 3, 2)), **later)
        assert reviewed().standing == standing

    def test_neither_a_later_finding_nor_one_elsewhere_counts(self, reviewed: Any, inspect: Any, harrow: Any) -> None:
        inspect(date(2026, 4, 1), "oai")
        inspect(date(2026, 2, 3), "oai", site=Site.objects.create(cmo=harrow, name="Harrow Galway", country="IE"))
        review = reviewed()
        assert (review.standing, review.result["overrides"]) == ("preferred", [])

    def test_recompute_looks_again(self, reviewed: Any, inspect: Any, priya: Any) -> None:
        review = reviewed()
        assert review.standing == "preferred"
        found = inspect(date(2026, 2, 3), "oai")
        again = recompute(review, actor=priya, reason="The classification arrived")
        assert (again.standing, again.result["binding"]) == ("watch", [{"reason": self.OAI, "cap": "watch"}])
        Inspection.objects.filter(pk=found.pk).update(classification="vai", version=2)
        assert recompute(again, actor=priya, reason="It was classified anew").standing == "preferred"

    def test_where_there_is_no_standing_nothing_holds_it_down(self, relationship: Any, inspect: Any) -> None:
        _active_from(relationship, date(2026, 1, 1))
        inspect(date(2026, 2, 3), "oai")
        review_run.run_reviews(at(2026, 4, 1))
        review = Review.objects.get()
        assert (review.standing, review.result["binding"]) == ("insufficient", [])
        assert review.result["overrides"] == [{"reason": self.OAI, "cap": "watch"}]


@pytest.mark.django_db
class TestAgainstThePublishedFigures:
    def test_quarterly_reviews_of_every_vendor_add_up_to_the_reference(self, scms: Any, reference: Any) -> None:
        run = review_run.run_reviews(review_run.end_of(date(2011, 1, 31)))
        assert run.reviews_opened == len(scms) * 8
        rows = KpiObservation.objects.select_related("review").filter(state="ok")
        for vendor, relationship in scms.items():
            wanted = reference["by_vendor"][vendor]
            own = list(rows.filter(review__relationship=relationship).values_list(
                "definition__code", "numerator", "denominator", "value"
            ))  # fmt: skip
            on_time = [row for row in own if row[0] == "on_time_delivery"]
            assert (sum(row[2] for row in on_time), sum(row[1] for row in on_time)) == (
                wanted["lines"],
                wanted["on_time"],
            )
            assert max(row[3] for row in own if row[0] == "max_days_late") == wanted["max_days_late"]
            late = [row for row in own if row[0] == "mean_days_late"]
            mean = kpi_math.rate(sum(row[1] for row in late), sum(row[2] for row in late)) if late else None
            assert (None if mean is None else float(kpi_math.quantise(mean, 2))) == wanted["mean_days_late_of_late"]
            assert float(sum(row[3] for row in own if row[0] == "line_value")) == wanted["line_value_usd"]

    def test_a_review_says_what_the_explorer_says(self, scms: Any) -> None:
        review_run.run_reviews(review_run.end_of(date(2011, 1, 31)))
        for definition in KpiDefinition.objects.filter(state="in_force"):
            for quarter, start, end in (
                ("Q4 2010", date(2010, 10, 1), date(2010, 12, 31)),
                ("Q2 2009", date(2009, 4, 1), date(2009, 6, 30)),
            ):
                explored = {
                    value.key: value.measurement
                    for value in kpi_values(definition, None, start, end, "relationship", as_of=date(2011, 1, 31))
                }
                for row in KpiObservation.objects.filter(definition=definition, review__label=quarter).select_related(
                    "review"
                ):
                    found = explored.get(str(row.review.relationship_id))
                    if found is None:
                        assert row.state == "no_activity"
                        continue
                    six = kpi_math.six
                    assert (row.state, row.numerator, row.denominator, row.value, row.coverage) == (
                        found.state, six(found.numerator), found.denominator, six(found.value), six(found.coverage),
                    )  # fmt: skip


@pytest.mark.django_db
class TestAfterwards:
    @pytest.fixture
    def review(self, relationship: Any, line: Any) -> Review:
        _active_from(relationship, date(2026, 1, 1))
        line((2, 1), (2, 1))
        self.open_line = line((3, 1))
        review_run.run_reviews(at(2026, 4, 1))
        return Review.objects.get()

    def test_recompute_takes_the_lines_as_they_are_now(self, review: Review, priya: Any) -> None:
        Delivery.objects.filter(pk=self.open_line.pk).update(delivered_on=date(2026, 3, 1), version=2)
        before = set(review.observations.values_list("pk", flat=True))
        again = recompute(review, actor=priya, reason="A line was reported late")
        assert (again.state, again.version) == ("scored", 3)
        assert again.observations.get(definition__code="on_time_delivery").value == 100
        assert (again.score, again.standing) == (100, "preferred")
        assert before.isdisjoint(again.observations.values_list("pk", flat=True))
        assert review_run.later_data(again) is None

    def test_recompute_is_refused_once_somebody_signed(self, review: Review, priya: Any, quinn: Any) -> None:
        review = _sign(review, priya)
        with pytest.raises(Refused, match="never computed again"):
            recompute(review, actor=quinn, reason="A line was reported late")
        review = _sign(review, quinn)
        assert review.state == "signed_off"
        with pytest.raises(NotFromHere):
            recompute(review, actor=quinn, reason="A line was reported late")

    def test_a_signed_review_stands_and_says_that_later_data_differ(
        self, review: Review, line: Any, priya: Any, quinn: Any
    ) -> None:
        from cmo_lifecycle.workflow import signing

        signed = _sign(review, priya, quinn)
        assert review_run.later_data(signed) is None
        Delivery.objects.filter(pk=self.open_line.pk).update(delivered_on=date(2026, 3, 21), version=2)
        added = line((1, 5), (1, 5))
        call_command("run_reviews", as_of=date(2026, 4, 1))

        stands = Review.objects.get()
        assert (stands.score, stands.version, stands.state) == (signed.score, signed.version, "signed_off")
        assert [standing.is_current for standing in signing.standing(stands)] == [True, True]
        later = review_run.later_data(stands)
        assert later is not None
        assert (later.added, later.changed, later.removed) == ((added.pk,), (self.open_line.pk,), ())
        differs = {row.definition.code: (row.kept.value, row.now.value) for row in later.kpis}
        assert differs["on_time_delivery"] == (50, kpi_math.percentage(2, 3))
        assert differs["max_days_late"] == (0, 20)
        assert later.sentence == ("Later data differ: 2 delivery lines (1 added, 1 changed) since this was computed.")

    def test_a_line_moved_to_another_period_counts_as_taken_away(self, review: Review) -> None:
        Delivery.objects.filter(pk=self.open_line.pk).update(scheduled_on=date(2026, 4, 2), version=2)
        later = review_run.later_data(review)
        assert later is not None and later.removed == (self.open_line.pk,)

    def test_an_edit_that_touches_no_figure_is_no_later_data(self, review: Review) -> None:
        Delivery.objects.filter(pk=self.open_line.pk).update(item="Vial, 2 ml", version=2)
        assert review_run.later_data(review) is None

    def test_the_database_itself_refuses_a_second_review_of_a_period(self, review: Review) -> None:
        from django.db import IntegrityError, transaction

        copy = Review.objects.get()
        copy.pk = None
        with pytest.raises(IntegrityError, match="one_review_per_relationship_and_period"), transaction.atomic():
            copy.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def _relationships(self, count: int, programme: Any) -> None:
        for number in range(count):
            Relationship.objects.create(
                cmo=CMO.objects.create(legal_name=f"Maker {number:03}", country="IE"), programme=programme,
                state="active", active_from=date(2025, 1, 1), registered_as_existing=True,
                registration_evidence="Supply agreement",
            )  # fmt: skip

    def test_what_fails_beside_is_told_and_costs_its_own_chunk_only(
        self, transactional_db: None, vx12: Any, monkeypatch: Any
    ) -> None:
        self._relationships(12, vx12)
        real = observe.take

        def take(*given: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                raise RuntimeError("out of luck")
            return real(*given)

        monkeypatch.setattr(observe, "take", take)
        with pytest.raises(RuntimeError, match="out of luck"):
            review_run.run_reviews(at(2026, 2, 1), chunk=5)
        made = Review.objects.count()
        assert 0 < made < 48
        assert ReviewRun.objects.get().reviews_opened == made
        monkeypatch.undo()
        run = review_run.run_reviews(at(2026, 2, 1), chunk=5)
        assert (run.reviews_opened, Review.objects.count()) == (48 - made, 48)
        actors = set(Event.objects.filter(verb="score").values_list("actor__email", "source"))
        assert len(actors) == 1, "Both lanes write as the schedule."

    def test_runs_side_by_side_make_one_review_per_period(self, transactional_db: None, vx12: Any) -> None:
        self._relationships(12, vx12)
        start, errors = threading.Barrier(4), []

        def run() -> None:
            try:
                start.wait()
                review_run.run_reviews(at(2026, 2, 1), chunk=5)
            except Exception as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert errors == []
        assert Review.objects.count() == 48
        assert Review.objects.values("relationship", "starts_on").distinct().count() == 48
        assert sum(ReviewRun.objects.values_list("reviews_opened", flat=True)) == 48
        assert Event.objects.filter(verb="open").count() == 48
        assert Approval.objects.filter(verb="sign_off").count() == 96
        assert DuePeriod.objects.count() == 60
