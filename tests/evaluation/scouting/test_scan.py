"""The market scan: who is found, why, and what becomes of those who are ticked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.partners import models as partners
from evaluation.models import Candidate
from evaluation.scanning import scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(cast: Any, alice: Any) -> dict[str, Any]:
    """Three CMOs: one clean filler, one with an OAI two years ago, one of another trade without any inspection."""
    today = timezone.localdate()
    made = {}
    for name, country in (("Clean Fill AS", "NO"), ("Warned Fill GmbH", "DE"), ("Pack Oy", "FI")):
        cmo = partners.CMO.objects.create(legal_name=name)
        site = partners.Site.objects.create(cmo=cmo, name=f"{name} plant", city="Town", country=country)
        made[name.split()[0].lower()] = (cmo, site)
    for key, klass, days in (("clean", "nai", 400), ("warned", "oai", 700)):
        partners.Inspection.objects.create(
            site=made[key][1], authority="FDA", started_on=today - timedelta(days=days), classification=klass
        )
    for key in ("clean", "warned"):
        partners.Capability.objects.create(
            site=made[key][1], service="sterile_fill_finish", modality="biologic", scale="commercial"
        )
    partners.Capability.objects.create(site=made["pack"][1], service="packaging", scale="commercial")
    partners.Certificate.objects.create(
        site=made["clean"][1], kind=partners.Certificate.Kind.values[0], number="C1", issuer="NoMA",
        expires_on=today + timedelta(days=100),
    )  # fmt: skip
    return made


def names(asked: dict[str, Any], user: Any) -> list[str]:
    return [one.cmo.legal_name for one in scan(asked, user).matches]


def test_each_thing_that_is_asked_narrows_what_is_found(market: Any, alice: Any) -> None:
    fill = {"service": "sterile_fill_finish"}
    assert names(fill, alice) == ["Clean Fill AS", "Warned Fill GmbH"]
    assert names(fill | {"country": "DE"}, alice) == ["Warned Fill GmbH"]
    assert names(fill | {"clean_years": "3"}, alice) == ["Clean Fill AS"]
    assert names(fill | {"clean_years": "1"}, alice) == ["Clean Fill AS", "Warned Fill GmbH"]
    assert names({"last": "oai"}, alice) == ["Warned Fill GmbH"]
    assert names({"certificate": partners.Certificate.Kind.values[0]}, alice) == ["Clean Fill AS"]
    assert names({"service": "packaging", "scale": "lab"}, alice) == []
    assert names({"q": "pack"}, alice) == ["Pack Oy"]


def test_scale_and_service_are_of_the_same_capability(market: Any, alice: Any) -> None:
    partners.Capability.objects.create(site=market["pack"][1], service="analytical", scale="lab")
    assert names({"service": "packaging", "scale": "lab"}, alice) == []
    assert names({"service": "analytical", "scale": "lab"}, alice) == ["Pack Oy"]


def test_it_says_why(market: Any, alice: Any) -> None:
    match = scan({"service": "sterile_fill_finish", "clean_years": "3"}, alice).matches[0]
    said = " / ".join(reason for _, why in match.sites for reason in why)
    assert "Sterile fill-finish, biologic, commercial scale" in said
    assert "NAI" in said and "No OAI and no warning letter on record" in said
    (warned,) = scan({"last": "oai"}, alice).matches
    assert any("OAI of" in reason for reason in warned.sites[0][1])


def test_a_relationship_that_one_does_not_see_is_told_to_nobody(
    market: Any, vx12: Any, alice: Any, mallory: Any
) -> None:
    partners.Relationship.objects.create(cmo=market["pack"][0], programme=vx12)
    assert "Pack Oy" in names({"relationship": "yes"}, alice)
    assert "Pack Oy" not in names({"relationship": "yes"}, mallory)
    assert "Pack Oy" in names({"relationship": "no"}, mallory)
    (seen,) = scan({"q": "Pack"}, mallory).matches
    assert seen.reasons == []


def test_those_who_are_ticked_become_candidates_all_at_once(client: Any, market: Any, vx12: Any, alice: Any) -> None:
    client.force_login(alice)
    where = f"{reverse('evaluation:scan')}?programme={vx12.pk}&service=sterile_fill_finish"
    page = client.get(where).content.decode()
    assert "Clean Fill AS" in page and "Sterile fill-finish" in page
    clean, site = market["clean"]
    warned, _ = market["warned"]
    sent = {
        "cmo": [str(clean.pk), str(warned.pk)], f"site_{clean.pk}": str(site.pk), "channel": "database",
        "found_by": "EudraGMDP",
    }  # fmt: skip
    answer = client.post(where, sent)
    assert answer.status_code == 302 and str(vx12.pk) in answer["Location"]
    made = {one.cmo: one for one in Candidate.objects.filter(programme=vx12)}
    assert set(made) == {clean, warned}
    assert made[clean].site == site and made[clean].channel == "database" and made[clean].found_by == "EudraGMDP"
    again = client.post(where, sent, follow=True).content.decode()
    assert "were candidates already" in again
    assert Candidate.objects.filter(programme=vx12).count() == 2
    assert "Found in the scan" in client.get(where).content.decode()


def test_a_site_of_another_cmo_is_refused_and_nothing_is_added(client: Any, market: Any, vx12: Any, alice: Any) -> None:
    client.force_login(alice)
    where = f"{reverse('evaluation:scan')}?programme={vx12.pk}"
    clean, pack = market["clean"][0], market["pack"][0]
    answer = client.post(
        where,
        {"cmo": [str(clean.pk), str(pack.pk)], f"site_{pack.pk}": str(market["warned"][1].pk), "channel": "referral"},
    )
    assert answer.status_code == 400
    assert "is not a site of Pack Oy" in answer.content.decode()
    assert not Candidate.objects.filter(programme=vx12).exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"channel": "referral"}, "Tick at least one CMO"),
        ({"channel": "referral", "cmo": ["nonsense"]}, "not there (any more)"),
        ({"channel": "dream", "cmo": []}, "Tick at least one CMO"),
    ],
)
def test_what_cannot_be_added_is_said(client: Any, market: Any, vx12: Any, alice: Any, sent: Any, said: str) -> None:
    client.force_login(alice)
    answer = client.post(f"{reverse('evaluation:scan')}?programme={vx12.pk}", sent)
    assert answer.status_code == 400 and said in answer.content.decode()


def test_who_may_add_and_whose_programme_it_is(client: Any, market: Any, vx12: Any, farid: Any, mallory: Any) -> None:
    where = f"{reverse('evaluation:scan')}?programme={vx12.pk}"
    client.force_login(farid)
    assert "Add as candidates" not in client.get(where).content.decode()
    assert client.post(where, {"cmo": [str(market["clean"][0].pk)], "channel": "referral"}).status_code == 403
    client.force_login(mallory)
    assert client.get(where).status_code == 404
    assert client.post(where, {"cmo": [str(market["clean"][0].pk)], "channel": "referral"}).status_code == 404
    assert not Candidate.objects.exists()


def test_the_scan_asks_the_database_a_fixed_number_of_times(
    client: Any, market: Any, vx12: Any, alice: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(alice)
    for number in range(30):
        cmo = partners.CMO.objects.create(legal_name=f"Many {number:02d}")
        partners.Site.objects.create(cmo=cmo, name="Plant", country="FR")
    with django_assert_max_num_queries(22):
        page = client.get(f"{reverse('evaluation:scan')}?programme={vx12.pk}&country=FR").content.decode()
    assert "page 1 of 2" in page
