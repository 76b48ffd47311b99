"""What the tests of a decision share: pages as people open them, and an RFP that is brought to its award."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from cmo_lifecycle.workflow import edits, parts

PASSWORD = "correct horse battery 9"


def as_(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def words(html: str) -> str:
    """The text of a page, tags taken out, spaces made single."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace("\u00a0", " ")


@pytest.fixture
def look() -> Callable[..., Any]:
    """Open a page as somebody; return its HTML and its words."""

    def look(person: Any, url: str, status: int = 200) -> Any:
        answer = as_(person).get(url, follow=False)
        assert answer.status_code == status, (url, answer.status_code)
        html = answer.content.decode()
        return SimpleNamespace(html=html, words=words(html))

    return look


@pytest.fixture
def walk() -> Callable[..., Any]:
    """Take a step by its page as somebody; signing where it asks. Return what the page it leads to says."""

    def walk(person: Any, record: Any, verb: str, **given: Any) -> str:
        from cmo_lifecycle.doors.pages import noun_of

        noun = noun_of(type(record))
        assert noun is not None
        record.refresh_from_db()
        data = {
            "version": record.version, "signature_email": person.email, "signature_password": PASSWORD, **given,
        }  # fmt: skip
        answer = as_(person).post(noun.step_url(record.pk, verb), data, follow=True)
        record.refresh_from_db()
        return words(answer.content.decode())

    return walk


def begin(rfp: Any, cmo: Any, alice: Any, share: str = "100") -> Any:
    """Return a draft award of an RFP to one CMO."""
    from evaluation.models import Award, Winner

    award = edits.create(
        Award,
        {
            "programme": rfp.programme, "rfp": rfp, "recommendation": "Best record and fit.",
            "against": "It is not the cheapest.",
        },
        actor=alice,
    )  # fmt: skip
    return parts.write(award, Winner, [{"cmo": cmo, "share": Decimal(share)}], actor=alice)
