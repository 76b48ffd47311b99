"""From the page of an RFP to every page over its proposals, and from each of them to the next."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cmo_lifecycle.doors.pages.words import a
from evaluation.views.places import PLACES
from tests.evaluation.deciding.conftest import as_

pytestmark = pytest.mark.django_db


def test_every_page_over_the_proposals_is_reached_from_the_rfp_and_from_its_neighbours(
    priced: Any, people: Any
) -> None:
    alice = as_(people.alice)
    addresses = [reverse(name, args=[priced.pk]) for _, _, name in PLACES]
    for page in (priced.get_absolute_url(), *addresses):
        answer = alice.get(page)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert [one for one in addresses if f'href="{one}"' not in text] == [], page
    for key, address in zip((key for key, _, _ in PLACES), addresses, strict=True):
        assert f'href="{address}" aria-current="page"' in alice.get(address).content.decode(), key


def test_before_the_opening_the_rfp_leads_to_none_of_them(issued: Any, people: Any) -> None:
    text = as_(people.alice).get(issued.get_absolute_url()).content.decode()
    assert [name for _, _, name in PLACES if reverse(name, args=[issued.pk]) in text] == []


@pytest.mark.parametrize(
    ("noun", "said"),
    [("RFP", "an RFP"), ("CMO", "a CMO"), ("CDA", "a CDA"), ("award", "an award"), ("site", "a site"), ("", "a ")],
)
def test_the_article_follows_what_is_heard(noun: str, said: str) -> None:
    assert a(noun) == said
