"""The labelled contracts come in by command, whole, with their odd dates, and only once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.models import Event
from contracts.clauses.labelled import judgements, labelled
from contracts.clauses.topics import BY_CATEGORY
from contracts.importing import external_id_of, moved, parties_of
from contracts.matrix import live, matrix
from contracts.models import Agreement, Clause, Passage
from contracts.terms.dates import Kind
from contracts.terms.reading import parse


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        ('Acme Inc., ("Customer"); Bond Ltd. ("Supplier"); (together "Parties")', "Acme Inc.", "Bond Ltd."),
        ('Bond Ltd. ("Manufacturer"); Acme Inc. ("Customer")', "Acme Inc.", "Bond Ltd."),
        ('Acme Inc. ("Acme"); Bond Ltd. ("Bond")', "Acme Inc.", "Bond Ltd."),
        ('Acme Co., Ltd. ("buyer"); the seller', "Acme Co., Ltd.", "Seller to Acme Co., Ltd."),
        ("Bond Ltd.", "", "Bond Ltd."),
        ("", "", ""),
    ],
)
def test_parties_are_told_apart(text: str, ours: str, theirs: str) -> None:
    assert parties_of(text) == (ours, theirs)


def test_places_survive_other_line_ends() -> None:
    text = "\r\n\nOne\r\ntwo three\0 four"
    at = text.index("three")
    kept = text.replace("\r\n", "\n").replace("\0", "").strip("\n")
    assert kept[moved(text, at) :].startswith("three four")
    assert kept[moved(text, text.index("four")) :] == "four"


@pytest.mark.django_db
def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Give the folder that holds dev_manifest\.json"):
        call_command("import_contracts", str(tmp_path))
    (tmp_path / "dev_manifest.json").write_text(json.dumps([{"id": "gone"}]))
    with pytest.raises(CommandError, match=r"gone\.json is not there"):
        call_command("import_contracts", str(tmp_path))
    (tmp_path / "dev_manifest.json").write_text("[")
    with pytest.raises(CommandError, match="not as labelled contracts are"):
        call_command("import_contracts", str(tmp_path))


@pytest.mark.django_db
def test_the_labelled_contracts_come_in(contracts_folder: Path, audra: Any) -> None:
    out = StringIO()
    call_command("import_contracts", str(contracts_folder), stdout=out)
    contracts = labelled(contracts_folder)
    assert f"{len(contracts)} agreements brought in with {41 * len(contracts)} clauses; 0 were here" in out.getvalue()
    service = User.objects.service("contract_import")
    rows = {
        one.external_id: one for one in live(Agreement.objects.visible_to(audra)).select_related("cmo", "programme")
    }
    report = matrix(list(rows.values()))
    cells = {
        topic.code: dict(zip((one.pk for one in report.agreements), row, strict=True)) for topic, row in report.rows
    }
    odd = 0
    for contract in contracts:
        agreement = rows[external_id_of(contract)]
        # The coverage report says what the labels say, of every category, and nothing of what nobody labelled.
        for code, said in judgements(contract).items():
            assert cells[code][agreement.pk] == said.status, (contract["id"], code)
        judged = [code for code, row in cells.items() if row[agreement.pk] not in (None, "open")]
        assert set(judged) == {topic.code for topic in BY_CATEGORY.values()}
        document = agreement.current_document()
        assert document.words == contract["text"].strip("\n")
        for clause in agreement.clauses.all():
            if clause.start is not None:
                assert (
                    clause.words == document.words[clause.start : clause.end] == judgements(contract)[clause.topic].text
                )
        # Odd dates are those of the labels, no day was made up.
        for name, category in (("agreed_on", "Agreement Date"), ("effective_on", "Effective Date"), ("expires_on", "Expiration Date")):  # fmt: skip
            read = parse(str(contract["labels"][category]["answer"] or ""), "mdy")
            assert getattr(agreement, name) == ("" if read.kind is Kind.NONE else read.code)
            odd += read.kind is Kind.PERPETUAL or read.redacted
        assert agreement.state == Agreement.State.EXECUTED and agreement.registered_as_existing
        assert f"{contract['id']}.json" in agreement.registration_evidence and agreement.created_by == service
    assert odd >= 10
    (pfizer,) = [one for one in rows.values() if one.cmo.legal_name.startswith("Pifzer")]
    assert (pfizer.renews, pfizer.renewal_length, pfizer.most_renewals, pfizer.notice_length) == (
        "by_notice", "1 year", 3, "12 months",
    )  # fmt: skip
    law = next(one for one in rows.values() if "Convention" in one.notes)
    assert law.governing_law == "People's Republic of China"
    # Each clause has its event, by the service, and the passages are there to be searched.
    assert Event.objects.filter(record_id__in=Clause.objects.values("pk"), actor=service).count() == 41 * len(contracts)
    assert Passage.objects.values("document").distinct().count() == len(contracts)
    out = StringIO()
    call_command("import_contracts", str(contracts_folder), stdout=out)
    assert f"0 agreements brought in with 0 clauses; {len(contracts)} were here already" in out.getvalue()
    assert Agreement.objects.count() == len(contracts) and Clause.objects.count() == 41 * len(contracts)
