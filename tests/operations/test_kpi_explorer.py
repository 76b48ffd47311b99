"""One question, three doors: page, file and REST give the same values, and each value opens to its lines."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cmo_lifecycle.workflow.refusals import InvalidInput
from operations.kpi import explorer
from operations.models import Delivery, KpiDefinition

pytestmark = pytest.mark.django_db

SPAN = "from=2009-01-01&to=2010-12-31"


def _get(user: Any, address: str) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.get(address)


def _values(user: Any, query: str) -> dict[str, Any]:
    answer = _get(user, f"/api/v1/kpi-values/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestOverRest:
    def test_each_vendor_as_published(self, scms: Any, audra: Any, reference: Any) -> None:
        body = _values(audra, f"kpi=on_time_delivery&group_by=cmo&{SPAN}")
        assert (body["kpi"], body["definition_version"], body["next"]) == ("on_time_delivery", 1, None)
        assert {row["label"]: (int(row["numerator"]), int(row["denominator"])) for row in body["results"]} == {
            vendor: (row["on_time"], row["lines"]) for vendor, row in reference["by_vendor"].items()
        }
        first = body["results"][0]
        assert {name: first[name] for name in ("unit", "state", "coverage", "explanation", "from", "to")} == {
            "unit": "%", "state": "ok", "coverage": "100", "explanation": "",
            "from": "2009-01-01", "to": "2010-12-31",
        }  # fmt: skip

    def test_the_links_of_a_value_hold_just_its_lines(self, scms: Any, audra: Any) -> None:
        body = _values(audra, f"kpi=on_time_delivery&group_by=quarter&{SPAN}")
        assert [row["key"] for row in body["results"]] == [f"{y}-Q{q}" for y in (2009, 2010) for q in (1, 2, 3, 4)]
        row = body["results"][5]
        counts = {}
        for part in ("denominator", "numerator", "missed", "left_out"):
            answer = _get(audra, row["rows"][part] + "&count=true&limit=1")
            assert answer.status_code == 200, answer.content
            counts[part] = answer.json()["count"]
        on_time, lines = int(row["numerator"]), int(row["denominator"])
        assert lines > on_time > 0
        assert counts == {"denominator": lines, "numerator": on_time, "missed": lines - on_time, "left_out": 0}

    def test_pages_of_groups(self, scms: Any, audra: Any) -> None:
        whole = _values(audra, f"kpi=line_value&group_by=country&{SPAN}&limit=1000")["results"]
        found, address = [], f"/api/v1/kpi-values/?kpi=line_value&group_by=country&{SPAN}&limit=7"
        while address:
            body = _get(audra, address).json()
            found += body["results"]
            address = body["next"] and body["next"].removeprefix("http://testserver")
        assert found == whole and len(found) > 14

    def test_amounts_carry_their_currency(self, scms: Any, audra: Any) -> None:
        [row] = _values(audra, f"kpi=line_value&{SPAN}")["results"]
        assert (row["value"], row["unit"], row["denominator"]) == ("112496282.72", "USD", "1139")

    @pytest.mark.parametrize(
        ("query", "pointer", "code"),
        [
            ("", "?kpi", "invalid"),
            ("kpi=none_such", "?kpi", "invalid"),
            ("kpi=on_time_delivery&version=7", "?version", "invalid"),
            ("kpi=on_time_delivery&version=one", "?version", "invalid"),
            ("kpi=on_time_delivery&group_by=colour", "?group_by", "invalid"),
            ("kpi=on_time_delivery&from=2026-02-30", "?from", "invalid"),
            ("kpi=on_time_delivery&from=0001-01-01", "?from", "invalid"),
            ("kpi=on_time_delivery&from=2026-02-01&to=2026-01-01", "?to", "invalid"),
            ("kpi=on_time_delivery&cmo=harrow", "?cmo", "invalid"),
            ("kpi=on_time_delivery&item=", "?item", "invalid"),
            ("kpi=on_time_delivery&limit=0", "?limit", "invalid"),
            ("kpi=on_time_delivery&limit=7484646324856443337965568", "?limit", "invalid"),
            ("kpi=on_time_delivery&offset=-7", "?offset", "invalid"),
            ("kpi=on_time_delivery&vendor=x", "?vendor", "unknown"),
        ],
    )
    def test_a_question_that_makes_no_sense_is_refused(self, audra: Any, query: str, pointer: str, code: str) -> None:
        answer = _get(audra, f"/api/v1/kpi-values/?{query}")
        assert answer.status_code == 400
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]

    @pytest.mark.parametrize("text", ["nonsense", "kpi=none", "kpi=on_time_delivery&part=half", "kpi=%00&x=1"])
    def test_lines_behind_nothing_are_refused(self, audra: Any, text: str) -> None:
        from urllib.parse import urlencode

        answer = _get(audra, f"/api/v1/deliveries/?{urlencode({'behind': text})}")
        assert answer.status_code == 400
        assert {error["pointer"] for error in answer.json()["errors"]} == {"?behind"}

    def test_nobody_counts_what_they_may_not_see(
        self, relationship: Any, line: Any, priya: Any, mallory: Any, otto: Any
    ) -> None:
        line((3, 1), (3, 1))
        query = "kpi=on_time_delivery&group_by=relationship"
        [row] = _values(priya, query)["results"]
        assert row["denominator"] == "1"
        assert _values(mallory, query)["results"] == []
        narrowed = _values(mallory, f"kpi=on_time_delivery&relationship={relationship.pk}")["results"]
        assert [(one["state"], one["denominator"]) for one in narrowed] == [("no_activity", "0")]
        assert _get(mallory, row["rows"]["denominator"]).json()["results"] == []
        assert _get(otto, f"/api/v1/kpi-values/?{query}").status_code == 403


class TestAsAFile:
    def test_page_and_rest_give_the_same_file(self, scms: Any, audra: Any) -> None:
        query = f"kpi=mean_days_late&group_by=cmo&{SPAN}&as_of=2011-01-31"
        files = [
            b"".join(_get(audra, address).streaming_content).decode("utf-8-sig")
            for address in (
                f"/operations/kpi-explorer/kpi-values.csv?{query}",
                f"/api/v1/kpi-values/?{query}&format=csv",
            )
        ]
        assert files[0] == files[1]
        rows = {row["label"]: row for row in csv.DictReader(io.StringIO(files[0]))}
        values = {row["label"]: row for row in _values(audra, query)["results"]}
        assert {label: row["value"] or None for label, row in rows.items()} == {
            label: row["value"] for label, row in values.items()
        }
        none_late = rows["Trinity Biotech, Plc"]
        assert (none_late["state"], none_late["value"], none_late["explanation"]) == (
            "not_applicable", "", "No line was late, so there is no delay to average.",
        )  # fmt: skip


class TestAsAPage:
    def test_every_kpi_by_every_group(self, scms: Any, audra: Any) -> None:
        from operations.kpi import GROUPS

        codes = KpiDefinition.objects.filter(state="in_force").values_list("code", flat=True)
        pairs = [(code, group) for code in codes for group in ("none", "cmo", "quarter")]
        for code, group in {*pairs, *(("on_time_delivery", group) for group in GROUPS)}:
            answer = _get(audra, f"/operations/kpi-explorer/?kpi={code}&group_by={group}&{SPAN}")
            assert answer.status_code == 200, (code, group)

    def test_without_a_question_it_shows_the_last_year(self, audra: Any) -> None:
        answer = _get(audra, "/operations/kpi-explorer/")
        assert answer.status_code == 200
        assert "There is no delivery line in this span that you may see." in answer.content.decode()

    def test_a_value_opens_to_its_lines_and_says_which(self, scms: Any, audra: Any) -> None:
        answer = _get(audra, f"/operations/kpi-explorer/?kpi=on_time_delivery&group_by=year&{SPAN}")
        [row_2009, row_2010] = answer.context["rows"]
        assert (row_2009["value"], row_2009["counted"], row_2009["missed"]) == ("97.7\u00a0%", "608 of 622 lines", 14)
        missed = _get(audra, row_2010["missed_url"])
        assert missed.status_code == 200
        assert urlsplit(row_2010["missed_url"]).path == "/operations/deliveries/"
        shown = missed.content.decode()
        assert "On-time delivery: lines that missed it, 1 Jan 2010 to 31 Dec 2010" in shown

    def test_what_makes_no_sense_is_said_at_its_field(self, audra: Any) -> None:
        answer = _get(audra, "/operations/kpi-explorer/?kpi=on_time_delivery&from=2026-02-01&to=2026-01-01")
        assert answer.status_code == 400
        assert "The span ends before it begins." in answer.content.decode()


class TestTheService:
    def test_a_question_goes_round_through_its_own_address(self, line: Any, harrow: Any) -> None:
        asked = explorer.question(
            {
                "kpi": "on_time_delivery", "group_by": "item", "from": "2026-01-01", "cmo": str(harrow.pk),
                "transport_mode": "", "as_of": "2026-07-01",
            }
        )  # fmt: skip
        assert explorer.question(asked.parameters()) == asked

    def test_lines_behind_add_up_for_every_kpi_and_group(self, scms: Any) -> None:
        from operations.kpi import GROUPS, kpi_values

        for definition in KpiDefinition.objects.filter(state="in_force"):
            for group in ("none", "cmo", "site", "country", "half_year"):
                asked = explorer.Question(definition, date(2011, 1, 31), group, date(2009, 1, 1), date(2010, 12, 31))
                for value in kpi_values(definition, None, asked.start, asked.end, group, as_of=asked.as_of):
                    rows = Delivery.objects.filter(explorer.behind_condition(asked.behind(value, "denominator")))
                    assert rows.count() == value.denominator, (definition.code, GROUPS[group].label, value.label)

    def test_a_draft_is_no_kpi_yet(self, db: None) -> None:
        KpiDefinition.objects.filter(code="on_time_delivery").update(state="draft")
        with pytest.raises(InvalidInput):
            explorer.question({"kpi": "on_time_delivery", "version": "1"})
