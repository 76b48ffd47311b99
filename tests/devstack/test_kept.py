"""What is kept between tests is as it was made, whatever a test has done to it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.workflow import attachments
from cmo_lifecycle.workflow.models import Attachment
from devstack.kept import kept

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: The CMO of each company that this process has made.
MADE: list[str] = []


@pytest.fixture
@kept
def company(harrow: Any, vx12: Any, alice: Any) -> Any:
    MADE.append(harrow.legal_name)
    paper = attachments.attach(harrow, ContentFile(PDF, name="paper.pdf"), actor=alice)
    return SimpleNamespace(harrow=harrow, programme=vx12, paper=paper)


@pytest.fixture
@kept
def larger(company: Any) -> Any:
    return SimpleNamespace(second=CMO.objects.create(legal_name="Nordvik"), first=company.harrow)


@pytest.fixture
def namer(company: Any) -> Any:
    return lambda: company.harrow.legal_name


def as_made(company: Any) -> None:
    assert company.harrow.legal_name == "Harrow Biologics" and company.harrow == CMO.objects.get(pk=company.harrow.pk)
    assert Path(company.paper.file.path).read_bytes().startswith(b"%PDF")
    assert Attachment.objects.count() == 1 and Programme.objects.count() == 1


def spoil(company: Any) -> None:
    company.harrow.legal_name = "Spoilt"
    CMO.objects.update(legal_name="Spoilt")
    Programme.objects.create(name="Another")
    Path(company.paper.file.path).unlink()


@pytest.mark.parametrize("time", [1, 2, 3])
@pytest.mark.django_db
def test_it_is_made_once_and_nothing_done_to_it_is_left(time: int, company: Any, alice: Any, namer: Any) -> None:
    # At most once for each ground: this one, and the larger that is made with it or upon it.
    assert MADE.count("Harrow Biologics") <= 2 and connection.settings_dict["NAME"].startswith("ground_")
    as_made(company)
    assert alice in company.programme.members.all() and namer() == "Harrow Biologics"
    spoil(company)
    assert namer() == "Spoilt"


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_nor_is_what_was_committed(time: int, company: Any) -> None:
    as_made(company)
    spoil(company)


@pytest.mark.django_db
def test_one_is_built_upon_the_other(larger: Any, company: Any) -> None:
    assert larger.first is company.harrow and CMO.objects.count() == 2
    as_made(company)


@pytest.mark.django_db
def test_who_asks_for_nothing_finds_nothing() -> None:
    assert not CMO.objects.exists() and not connection.settings_dict["NAME"].startswith("ground_")


class TestWithAnotherHarrow:
    @pytest.fixture
    def harrow(self, db: None) -> Any:
        return CMO.objects.create(legal_name="Another Harrow")

    @pytest.mark.django_db
    def test_what_is_made_of_other_fixtures_is_another(self, company: Any) -> None:
        assert company.harrow.legal_name == "Another Harrow"


class TestWithWhatEndsWithTheTest:
    @pytest.fixture
    def harrow(self, db: None, tmp_path: Path) -> Any:
        return CMO.objects.create(legal_name=f"In {tmp_path.name}"[:40])

    @pytest.mark.django_db
    def test_it_is_made_within_the_test(self, company: Any, tmp_path: Path) -> None:
        assert company.harrow.legal_name == f"In {tmp_path.name}"[:40]
        assert not connection.settings_dict["NAME"].startswith("ground_")
