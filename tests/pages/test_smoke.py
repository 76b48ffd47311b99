"""Every page of every noun of the ground floor opens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cmo_lifecycle.partners.models import (
    Capability,
    Certificate,
    Contact,
    Identifier,
    Inspection,
    Qualification,
    TierAssessment,
)
from cmo_lifecycle.partners.views import NOUNS


@pytest.fixture
def ground(relationship: Any, harrow: Any, harrow_site: Any) -> dict[str, Any]:
    """One row of each noun."""
    return {
        "cmo": harrow,
        "site": harrow_site,
        "programme": relationship.programme,
        "relationship": relationship,
        "qualification": Qualification.objects.create(
            site=harrow_site, service="sterile_fill_finish", scope="aseptic filling of vials"
        ),
        "tier_assessment": TierAssessment.objects.create(
            relationship=relationship,
            product_impact=3,
            detectability=2,
            data_integrity=2,
            supply_continuity=3,
            rationale="Only filler of the vial.",
            assessed_on=date(2026, 3, 1),
        ),
        "certificate": Certificate.objects.create(
            site=harrow_site, kind="gmp", number="IE-1", issuer="HPRA", expires_on=date(2027, 1, 1)
        ),
        "inspection": Inspection.objects.create(
            site=harrow_site, authority="FDA", started_on=date(2026, 2, 2), form_483=True, observations=3
        ),
        "capability": Capability.objects.create(site=harrow_site, service="drug_product", scale="commercial"),
        "contact": Contact.objects.create(cmo=harrow, name="Otto Berg", email="otto@harrow.example"),
        "identifier": Identifier.objects.create(cmo=harrow, scheme="lei", value="529900T8BM49AURSDO55"),
    }


STEMS = [noun().stem for noun in NOUNS]
ROUTES = {noun().stem: noun.model.route for noun in NOUNS}


@pytest.mark.parametrize("stem", STEMS)
def test_each_noun_has_its_list_its_page_its_history_and_its_forms(
    stem: str, ground: Any, alice: Any, quinn: Any, as_: Any
) -> None:
    client = as_(quinn if stem == "qualification" else alice)
    record, route = ground[stem], ROUTES[stem]
    listed = client.get(f"/{route}/")
    assert listed.status_code == 200
    assert f"/{route}/{record.pk}/" in listed.content.decode()
    assert client.get(f"/{route}/{record.pk}/").status_code == 200
    assert client.get(f"/{route}/{record.pk}/?tab=history").status_code == 200
    assert client.get(f"/{route}/add/").status_code == 200
    assert client.get(f"/{route}/{record.pk}/edit/").status_code == 200


def test_the_frame_s_own_pages_open(ground: Any, alice: Any, audra: Any, as_: Any) -> None:
    for path in ("/", "/search/?q=harrow", "/jobs/"):
        assert as_(alice).get(path).status_code == 200, path
    assert as_(audra).get("/audit/").status_code == 200
