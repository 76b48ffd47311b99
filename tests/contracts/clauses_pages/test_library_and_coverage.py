"""The library page, the coverage matrix of several agreements, and both over REST."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.clauses.topics import LIBRARY_VERSION, TOPICS, library_digest
from contracts.judging import judge
from contracts.models import Agreement
from tests.contracts.conftest import written


def test_the_library_is_read_and_searched(lena: Any, as_: Any) -> None:
    client = as_(lena)
    page = client.get(reverse("contracts:clause_library")).content.decode()
    assert all(f"clause-library/{code}/" in page for code in TOPICS) and library_digest() in page
    found = client.get(reverse("contracts:clause_library"), {"q": "force majeure"}).content.decode()
    assert 0 < found.count("<li><h3>") < 10
    nothing = client.get(reverse("contracts:clause_library"), {"q": "zeppelin"}).content.decode()
    assert "No topic says that" in nothing
    topic = client.get(reverse("contracts:clause_topic", args=["exit_plan"])).content.decode()
    for said in (TOPICS["exit_plan"].standard[:60], "We stop at:", "Rules that ask for them", "#rule-"):
        assert said in topic
    assert client.get(reverse("contracts:clause_topic", args=["zeppelin"])).status_code == 404
    rest = client.get("/api/v1/clause-library/").json()
    assert (rest["library_version"], rest["digest"]) == (LIBRARY_VERSION, library_digest())
    assert [one["code"] for one in rest["results"]] == list(TOPICS)
    assert client.get("/api/v1/clause-library/?q=1").status_code == 400


def test_coverage_shows_what_is_serious_first(
    msa: Agreement, asks: Any, alice: Any, lena: Any, bob: Any, harrow: Any, vx12: Any, as_: Any
) -> None:
    asks("exit_plan", "step_in")
    general = written(alice, harrow, None, "msa", reference="MSA-ALL")
    judge(general, "step_in", "present", actor=lena, words="Step-in after 30 days")
    for one in (msa, general):
        judge(one, "exit_plan", "missing", actor=lena)
    judge(msa, "governing_law", "present", actor=lena, words="laws of Germany")
    client, address = as_(alice), reverse("contracts:coverage")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        page = client.get(address).content.decode()
    # Step-in stands in the agreement for all programmes; the exit plan stands nowhere.
    assert "1 gap is serious" in page and "Exit plan" in page.split("matrix-title")[0]
    for number in range(4):
        made = written(alice, harrow, vx12, "sow", reference=f"SOW-{number}", parent=msa)
        judge(made, "exit_plan", "not_applicable", actor=lena)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    only = client.get(address, {"kind": "sow"}).content.decode()
    assert "SOW-3" in only and "MSA-1<" not in only
    file = client.get(address, {"export": "csv", "kind": "msa"})
    lines = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    serious = [line for line in lines if line["Serious"] == "true"]
    assert {(line["Topic"], line["Agreement"]) for line in serious} == {
        (TOPICS["exit_plan"].name, reference) for reference in ("MSA-1",)
    }
    assert client.get(address, {"export": "xlsx"}).status_code == 200
    rest = client.get("/api/v1/contract-coverage/?kind=msa").json()
    assert {(one["topic"], one["status"]) for one in rest["gaps"]} == {("exit_plan", "missing")}
    assert client.get("/api/v1/contract-coverage/?kind=letter").status_code == 400
    # Bob works on another programme: he sees the one that binds for all, and no gap of VX-12.
    outside = as_(bob).get(address).content.decode()
    assert "MSA-ALL" in outside and "VX-12" not in outside and "SOW-1" not in outside
    board = client.get(f"/api/v1/agreements/{msa.pk}/topics/").json()
    # The review counts what binds already: the agreement for all programmes is a draft itself.
    assert [one["mechanism"] for one in board["lacking"]] == ["exit_plan", "step_in"]
    found = client.get(f"/api/v1/agreements/{msa.pk}/search/?q=germany").json()
    assert found["count"] == 1 and "laws of Germany" in found["results"][0]["words"]
