"""A signature that no longer speaks for what stands is never shown as a good one."""

from __future__ import annotations

from typing import Any

import pytest

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.doors.pdf import signatures_of
from cmo_lifecycle.workflow.models import Signature
from strategy.models import Strategy
from tests.strategy.test_board_paper import paper
from tests.strategy.test_pages import approved, as_, words  # noqa: F401 (a fixture)

MEDDLED = "Changed after it was signed, although it cannot be edited: look into the trail."


def _tones(strategy: Any) -> set[str]:
    return {one["tone"] for one in signatures_of(Strategy.objects.get(pk=strategy.pk))[0]}


def test_a_signature_that_holds_is_green(approved: Any, alice: Any) -> None:  # noqa: F811
    assert _tones(approved) == {"good"}
    assert MEDDLED not in words(as_(alice).get(approved.get_absolute_url()).content.decode())


def test_a_change_past_the_door_after_signing_is_red(approved: Any, alice: Any) -> None:  # noqa: F811
    with acting(alice, source="test"):
        Strategy.objects.filter(pk=approved.pk).update(scope="Something else altogether.")
    html = as_(alice).get(approved.get_absolute_url()).content.decode()
    assert words(html).count(MEDDLED) == 2
    assert '<span class="badge bad"><i aria-hidden="true">■</i>changed since</span>' in html
    assert _tones(approved) == {"bad"}
    assert "look into the trail" in paper(alice, approved).text


def test_what_may_still_be_edited_was_signed_in_an_older_version(approved: Any, alice: Any) -> None:  # noqa: F811
    with acting(alice, source="test"):
        Strategy.objects.filter(pk=approved.pk).update(scope="Something else.", state="under_revision")
    assert _tones(approved) == {"watch"}
    assert MEDDLED not in words(as_(alice).get(approved.get_absolute_url()).content.decode())


@pytest.mark.django_db
def test_a_signature_that_is_not_genuine_is_red(approved: Any, alice: Any) -> None:  # noqa: F811
    with acting(alice, source="test"):
        Signature.objects.filter(record_id=approved.pk).update(printed_name="Somebody Else")
    assert _tones(approved) == {"bad"}
    assert "Not valid" in paper(alice, approved).text
