"""The demonstration is told through the real doors, and goes away without a rest."""

from __future__ import annotations

from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from cmo_lifecycle.accounts.cast import CAST, DEMO_PASSWORD
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.partners.models import CMO, Programme, Relationship
from cmo_lifecycle.portfolio.demo.views import TOUR
from cmo_lifecycle.portfolio.models import Demonstration
from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.models import Event, Signature
from contracts.models import Agreement
from operations.models import Delivery, KpiDefinition, Review
from tests.portfolio.conftest import TODAY


def sign_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=next(part.email for part in CAST if part.key == name)))
    return client


def test_three_years_are_told_and_signed(demo: None) -> None:
    assert CMO.objects.count() == 14
    assert Relationship.objects.filter(state="active").count() == 7
    second = Relationship.objects.get(cmo__legal_name="Castellan Pharma")
    walked = Event.objects.of(second).order_by("at", "id").values_list("to_state", flat=True)
    stages = [state for state in walked if state in ("selected", "contracting", "onboarding", "active")]
    assert list(dict.fromkeys(stages)) == ["selected", "contracting", "onboarding", "active"]
    assert not second.registered_as_existing
    held = Agreement.objects.filter(relationship=second, state="effective")
    assert {one.kind for one in held} == {"msa", "qag"} and not any(one.registered_as_existing for one in held)
    assert Agreement.objects.filter(state="out_for_signature").exists()
    assert Delivery.objects.filter(days_late__gt=0).exists()
    assert Delivery.objects.filter(delivered_on=None, scheduled_on__gt=TODAY).exists()
    published = Review.objects.filter(state="published")
    assert published.count() >= 40
    for review in published[:5]:
        assert [row.is_genuine and row.is_current for row in signing.standing(review)] == [True, True]
    assert Review.objects.filter(state="scored").exists()
    assert not Review.objects.filter(made_up_late=True).exists()
    assert set(Review.objects.values_list("standing", flat=True)) >= {"preferred", "acceptable"}
    call_command("load_demo")
    assert CMO.objects.count() == 14

    priya = sign_in("priya")
    assert "Demo data" in priya.get(reverse("home")).content.decode()
    tour = priya.get(reverse("tour")).content.decode()
    assert len(TOUR) == 10 and "ten stops" in tour
    assert all(escape(stop.title) in tour for stop in TOUR)
    assert DEMO_PASSWORD not in tour


def test_the_same_day_tells_the_same_story(demo: None) -> None:
    lines = Delivery.objects.order_by("external_id").values_list("external_id", "scheduled_on", "delivered_on", "value")
    first = list(lines)
    from cmo_lifecycle.portfolio.demo import removal

    removal.remove(actor=User.objects.get(email="adam@vantara.example"))
    User.objects.update(is_active=True)
    Demonstration.objects.all().delete()
    call_command("load_demo", "--today", TODAY.isoformat())
    assert list(lines.all()) == first


def test_the_administrator_and_nobody_else_removes_it_with_one_click(demo: None) -> None:
    for name in ("priya", "audra", "otto"):
        assert sign_in(name).post(reverse("demo_remove")).status_code in (403, 404)
    assert CMO.objects.count() == 14
    kept_before = set(KpiDefinition.objects.values_list("pk", flat=True))
    adam = sign_in("adam")
    page = adam.get(reverse("demo_remove"))
    assert page.status_code == 200
    assert "deliveries" in page.content.decode().lower()
    assert adam.post(reverse("demo_remove")).status_code == 302
    for model in (CMO, Programme, Relationship, Delivery, Review):
        assert model._default_manager.count() == 0
    assert not Signature.objects.exists()
    assert not Event.objects.filter(source="demo").exists()
    assert set(KpiDefinition.objects.values_list("pk", flat=True)) == kept_before
    assert list(User.objects.filter(is_active=True, is_service=False).values_list("email", flat=True)) == [
        "adam@vantara.example"
    ]
    assert AuditEntry.objects.filter(table_name="partners_cmo", op="D").count() == 14
    assert not Demonstration.is_here()
    assert adam.get(reverse("demo_remove")).status_code == 404
