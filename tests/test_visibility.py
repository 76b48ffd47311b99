"""What hangs on a programme is there for its members and the auditor; for everybody else it is as if it were not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record
from tests import world as stage

pytestmark = pytest.mark.django_db

INSIDE = {*stage.MEMBERS, "audra", "adam", "bob", "mallory"}
OF_VX12 = {*stage.MEMBERS, "audra"}
#: Those who judge VX-12's proposals, and the auditor: they read what was opened.
PANEL = {"alice", "priya", "tom", "quinn", "audra"}
#: Who sees the record of each noun. A noun without a line fails the test below.
SEEN = {
    "partners.CMO": INSIDE,
    "partners.Identifier": INSIDE,
    "partners.Contact": INSIDE,
    "partners.Site": INSIDE,
    "partners.Capability": INSIDE,
    "partners.Certificate": INSIDE,
    "partners.Inspection": INSIDE,
    "partners.Qualification": INSIDE,
    "partners.Programme": OF_VX12,
    "partners.Relationship": OF_VX12,
    "partners.TierAssessment": OF_VX12,
    "strategy.Strategy": OF_VX12,
    "strategy.Consequence": OF_VX12,
    "strategy.PartnershipAttribute": INSIDE,
    "operations.Delivery": OF_VX12,
    "operations.Review": OF_VX12,
    "operations.KpiDefinition": INSIDE,
    "operations.ScoringPolicy": INSIDE,
    "operations.ImportProfile": INSIDE,
    "operations.DeliveryImport": {"sven", "audra"},
    "evaluation.Cda": OF_VX12,
    "evaluation.Candidate": OF_VX12,
    "evaluation.Rfp": OF_VX12,
    # Otto works for the CMO that was invited.
    "evaluation.Proposal": OF_VX12 | {"otto"},
    "evaluation.Enquiry": OF_VX12,
    "evaluation.Addendum": OF_VX12,
    "evaluation.Evaluator": OF_VX12,
    # Tom's own, and still open.
    "evaluation.ScoreSheet": {"tom"},
    "evaluation.Opening": PANEL,
    "evaluation.Appraisal": PANEL,
    "evaluation.Diligence": PANEL,
    "evaluation.Award": OF_VX12,
    "evaluation.LibraryQuestion": INSIDE,
}
#: What only VX-12 knows: none of it is on any page of somebody outside.
SECRETS = (
    "VX-12", "MSA-014", "PO-9", "D-9", "One source", "minutes.txt", "lines.csv", "Vial 2R", "P-12", "working cell bank", "PS-1", "Ida Holm", "Never out of stock", "ever short of stock", "Three makers are left",
)  # fmt: skip
NOUNS = {model._meta.label: model for model in apps.get_models() if issubclass(model, Record)}


@pytest.fixture(scope="module")
def record_of(world: stage.World) -> dict[str, Any]:
    return {type(record)._meta.label: record for record in world.records.values()}


@pytest.fixture(scope="module")
def as_(world: stage.World) -> Callable[[str], Client]:
    """A client signed in as somebody, by name."""
    return stage.signed_in(world, "mallory", "bob", "otto", "priya").__getitem__


# ---------------------------------------------------------------- the querysets


def test_every_noun_is_here(record_of: dict[str, Any]) -> None:
    assert set(SEEN) == set(NOUNS) == set(record_of)


@pytest.mark.parametrize("label", sorted(SEEN))
def test_a_noun_is_seen_by_whom_it_is_for(label: str, world: stage.World, record_of: dict[str, Any]) -> None:
    stage.deactivate(world)
    rows = NOUNS[label].objects
    found = set()
    for name in stage.PEOPLE:
        person = type(world.alice).objects.get(pk=world.people[name].pk)
        if rows.visible_to(person).filter(pk=record_of[label].pk).exists():
            found.add(name)
    assert found == SEEN[label]
    assert not rows.visible_to(AnonymousUser()).exists()


def test_the_same_rows_are_behind_pages_and_rest(world: stage.World) -> None:
    from cmo_lifecycle.api_urls import PARTNERS, evaluation, operations, strategy
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN

    for name in ("priya", "bob", "audra", "otto", "adam"):
        person = world.people[name]
        for noun in SHOWN.values():
            rows = set(noun.rows(person).values_list("pk", flat=True))
            assert rows == set(noun.model.objects.visible_to(person).values_list("pk", flat=True))
        for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *operations.VIEWS):
            if view.model in NOUNS.values():
                rows = set(view().rows(person).values_list("pk", flat=True))
                assert rows == set(view.model.objects.visible_to(person).values_list("pk", flat=True))


# ---------------------------------------------------------------- addresses


def plain(body: bytes, *names: str) -> str:
    """Return an answer without what differs each time: the id asked for, tokens, times, the request's number."""
    text = body.decode("utf-8", "replace")
    for name in names:
        text = text.replace(str(name), "ASKED")
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1…", text)
    text = re.sub(r"(request_id\W+|instance\W+urn:\w+:)?\b[0-9a-f]{32}\b", "NUMBER", text)
    text = re.sub(r'(name="(?:new_id|key)" value=")[0-9a-f-]{36}', r"\1…", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?", "TIME", text)


def keyed(world: stage.World) -> Iterator[tuple[str, str, Any, str]]:
    """Yield each address with a key whose record is VX-12's: name, name of the key, record, verb."""
    things = {
        "attachment": world.attachment,
        "attachment_void": world.attachment,
        "api:attachments-void": world.attachment,
        "job": world.job,
        "job_cancel": world.job,
        "api:events-detail": world.event,
        "api:attachments-detail": world.attachment,
        "api:jobs-detail": world.job,
        "api:jobs-cancel": world.job,
        "api:import-problems-detail": world.problem,
    }
    by_stem = {
        "partners:programme": "programmes",
        "partners:relationship": "relationships",
        "partners:tier_assessment": "tier-assessments",
        "strategy:strategy": "strategies",
        "strategy:consequence": "consequences",
        "operations:delivery": "deliveries",
        "operations:review": "reviews",
        "operations:import": "imports",
    }
    for name, address, pattern in stage.every_url():
        keys = pattern.pattern.converters
        if not keys or "pk" not in keys:
            continue
        if name in things:
            yield name, address, things[name], ""
            continue
        route = name.removeprefix("api:").rpartition("-")[0] if name.startswith("api:") else ""
        if route in by_stem.values():
            yield name, address, world.records[route], ""
            continue
        for stem, noun in by_stem.items():
            if name == stem or name.startswith(f"{stem}_"):
                from cmo_lifecycle.workflow.transitions import transitions_of

                record = world.records[noun]
                for verb in (*transitions_of(type(record)), "no_such_step") if "verb" in keys else _screens(keys):
                    yield name, address, record, verb


def _screens(keys: Any) -> tuple[str, ...]:
    """The rest of an address besides the key: of the guided writer its screens, of others nothing."""
    from strategy.screens import SCREENS

    return tuple(screen.key for screen in SCREENS) if "screen" in keys else ("",)


def test_a_foreign_key_is_answered_as_one_that_nothing_has(world: stage.World, as_: Any) -> None:
    tried = 0
    for name, _, record, verb in keyed(world):
        key, none = str(record.pk), stage.no_such()
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE") if name.startswith("api:") else ("GET", "POST")
        for who in ("mallory", "otto"):
            client = as_(who)
            for method in methods if who == "mallory" else methods[:1]:
                answers = []
                for asked in (key, none):
                    cache.clear()
                    address = reverse(name, args=[asked, verb] if verb else [asked])
                    body = "{}" if name.startswith("api:") else "version=1&reason=x"
                    kind = "application/json" if name.startswith("api:") else "application/x-www-form-urlencoded"
                    answer = client.generic(method, address, body, kind, headers={"if-match": '"1"'})
                    answers.append((answer.status_code, plain(answer.content, asked)))
                assert answers[0] == answers[1], f"{who} {method} {name} {verb}"
                assert answers[0][0] in (403, 404, 405), f"{who} {method} {name} {verb}"
                tried += 1
    assert tried > 200


# ---------------------------------------------------------------- keys in bodies, in forms and in the query


def references() -> Iterator[tuple[Any, Any, type[Any]]]:
    """Yield each member of a REST body that names a record: view, input, model of the record."""
    from cmo_lifecycle.api_urls import PARTNERS, evaluation, operations, strategy
    from cmo_lifecycle.doors.rest.kinds import Of, Several
    from cmo_lifecycle.doors.rest.viewsets import RecordViewSet

    for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *operations.VIEWS):
        if issubclass(view, RecordViewSet):
            for one in view.inputs().values():
                if isinstance(one.kind, Of | Several) and one.kind.model in NOUNS.values():
                    yield view, one, one.kind.model


def test_a_foreign_key_in_a_body_is_as_wrong_as_one_that_nothing_has(
    world: stage.World, record_of: dict[str, Any], as_: Any
) -> None:
    from cmo_lifecycle.doors.rest.kinds import Several

    client, tried = as_("mallory"), set()
    for view, one, model in references():
        if SEEN[model._meta.label] is not OF_VX12:
            continue
        for shape in ("one", "bulk", "change"):
            answers = []
            for asked in (str(record_of[model._meta.label].pk), stage.no_such()):
                body: Any = {one.name: [asked] if isinstance(one.kind, Several) else asked}
                address = f"/api/v1/{view.route}/"
                method = "POST"
                if shape == "bulk":
                    address, body = f"{address}bulk/", {"items": [body]}
                elif shape == "change":
                    mine = view.model.objects.visible_to(world.mallory).first()
                    if mine is None:
                        continue
                    method, address = "PATCH", f"{address}{mine.pk}/"
                answer = client.generic(
                    method, address, json.dumps(body), "application/json", headers={"if-match": '"1"'}
                )
                answers.append((answer.status_code, plain(answer.content, asked)))
            if answers:
                assert answers[0] == answers[1], f"{view.route} {one.name} {shape}"
                assert answers[0][0] == 400 and "There is no such" in answers[0][1], f"{view.route} {one.name}"
                tried.add((view.route, one.name))
    assert tried == {
        ("relationships", "programme_id"), ("tier-assessments", "relationship_id"), ("deliveries", "relationship_id"),
        ("strategies", "programme_id"),
    }  # fmt: skip


def test_a_file_is_not_attached_to_what_one_does_not_see(world: stage.World, as_: Any) -> None:
    from django.core.files.base import ContentFile

    answers = []
    for asked in (str(world.relationships.pk), stage.no_such()):
        body = {"record": "relationships", "record_id": asked, "file": ContentFile(b"Notes", name="a.txt")}
        answer = as_("mallory").post("/api/v1/attachments/", body)
        answers.append((answer.status_code, plain(answer.content, asked)))
    assert answers[0] == answers[1] and answers[0][0] == 400


def test_a_foreign_record_cannot_be_chosen_in_a_form(world: stage.World, record_of: dict[str, Any], as_: Any) -> None:
    from django.forms import ModelChoiceField

    from cmo_lifecycle.doors.fields import ByName, label_of
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN

    client, tried = as_("mallory"), set()
    for noun in SHOWN.values():
        if noun.form is None or not noun.may_add(world.mallory):
            continue
        form = noun.form(user=world.mallory)
        for name, field in form.fields.items():
            queryset = getattr(field, "queryset", None)
            if queryset is None or SEEN.get(queryset.model._meta.label) is not OF_VX12:
                continue
            record = record_of[queryset.model._meta.label]
            if isinstance(field, ByName):
                pair = (label_of(record, field.names), "No such thing")
            else:
                assert isinstance(field, ModelChoiceField)
                pair = (str(record.pk), stage.no_such())
            for given in ({}, noun.form.prefills):
                answers = []
                for asked in pair:
                    if given:
                        answer = client.get(f"{noun.add_url()}?{urlencode({name: asked})}")
                    else:
                        answer = client.post(noun.add_url(), {name: asked})
                    answers.append((answer.status_code, plain(answer.content, asked, *asked.split(", "))))
                assert answers[0] == answers[1], f"{noun.stem} {name} {'prefilled' if given else 'sent'}"
            tried.add((noun.stem, name))
    assert tried == {
        ("relationship", "programme"), ("tier_assessment", "relationship"), ("delivery", "relationship"),
        ("strategy", "programme"),
    }  # fmt: skip


def test_a_prefill_by_a_foreign_key_is_ignored(world: stage.World, as_: Any) -> None:
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN

    tried = 0
    for noun in SHOWN.values():
        if noun.form is None or not noun.may_add(world.mallory):
            continue
        for name, model in noun.form.prefills.items():
            record = next(record for record in world.records.values() if isinstance(record, model))
            if SEEN[model._meta.label] is not OF_VX12:
                continue
            pages = [
                plain(as_("mallory").get(f"{noun.add_url()}?{name}={asked}").content, asked)
                for asked in (str(record.pk), stage.no_such())
            ]
            assert pages[0] == pages[1], f"{noun.stem} {name}"
            tried += 1
    assert tried


def test_filtering_by_a_foreign_key_says_nothing(world: stage.World, as_: Any) -> None:
    from cmo_lifecycle.api_urls import PARTNERS, SHARED, operations, strategy
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN
    from cmo_lifecycle.doors.rest.kinds import Key

    client, tried = as_("mallory"), 0
    bound = {
        route.removesuffix("s").replace("erie", "ery").replace("egie", "egy").replace("-", "_"): record
        for route, record in world.records.items()
        if SEEN[type(record)._meta.label] is OF_VX12
    }
    lists = [
        (noun.list_url, [name for name, one in noun.filters.base_filters.items() if name != "q"])
        for noun in SHOWN.values()
        if noun.filters is not None
    ] + [
        (f"/api/v1/{view.route}/", [name for name, one in view.filter_table().items() if type(one.kind) is Key])
        for view in (*PARTNERS, *strategy.VIEWS, *operations.VIEWS, *SHARED)
        if view.route != "audit-entries"
    ]
    for address, names in lists:
        for name in names:
            for noun, record in bound.items():
                # A key of a review says nothing to a filter by programme.
                if noun not in name and name not in ("id", "record_id", "related_id"):
                    continue
                answers = []
                for asked in (str(record.pk), stage.no_such()):
                    cache.clear()
                    answer = client.get(address, {name: asked})
                    answers.append((answer.status_code, plain(answer.content, asked)))
                assert answers[0] == answers[1], f"{address}?{name} of a foreign {type(record).__name__}"
                tried += 1
    assert tried > 40


# ---------------------------------------------------------------- and nothing else gives it away


def test_nobody_outside_reads_a_word_of_it(world: stage.World, as_: Any) -> None:
    looked = 0
    for who in ("mallory", "bob", "otto"):
        client = as_(who)
        for address in [*every_page(world), *_questions()]:
            cache.clear()
            answer = client.get(address)
            body = b"".join(answer) if answer.streaming else answer.content
            text = body.decode("utf-8", "replace")
            found = [secret for secret in SECRETS if secret in text]
            assert found == [], f"{who} reads {found} at {address}"
            looked += answer.status_code == 200
    assert looked > 150


def _questions() -> list[str]:
    """What somebody would ask who knows that something is there, without its name coming back in a field."""
    return [
        "/pick/programme/", "/pick/relationship/", "/pick/cmo/", "/pick/site/",
        "/operations/kpi-explorer/kpi-values.csv?kpi=on_time_delivery&group_by=programme",
        "/operations/kpi-explorer/kpi-values.csv?kpi=on_time_delivery&group_by=item",
        "/api/v1/kpi-values/?kpi=line_value&group_by=programme",
        "/api/v1/kpi-values/?kpi=line_value&group_by=item",
        "/api/v1/events/?after=", "/api/v1/deliveries/?format=csv", "/operations/deliveries/?export=csv",
        "/relationships/?export=csv", "/programmes/?export=csv", "/api/v1/cmos/?expand=parent",
    ]  # fmt: skip


def every_page(world: stage.World) -> list[str]:
    """Return every address that can be looked at, with the records of the world; tabs included."""
    from tests.doors_table import DOORS
    from tests.test_doors import address_of

    found = []
    for name, methods in DOORS.items():
        # The tour tells of the demo's own programme, whoever reads it.
        if "GET" not in methods or "_step no_such" in name or name in ("account_logout", "tour"):
            continue
        address = address_of(name, world)
        found.append(address)
        if name.partition(":")[2] in (
            "cmo",
            "site",
            "relationship",
            "programme",
            "review",
            "qualification",
            "delivery",
        ):
            found += [f"{address}?tab={tab}" for tab in ("history", "reviews", "deliveries", "sites", "kpis")]
    return found


@pytest.mark.parametrize("typed", ["VX-12", "Vial 2R", "PO-9", "D-9", "MSA"])
def test_nobody_outside_finds_it(typed: str, as_: Any) -> None:
    for who in ("mallory", "bob", "otto"):
        answer = as_(who).get("/search/", {"q": typed}, headers={"accept": "application/json"})
        assert answer.json() == {"groups": []}
    assert as_("priya").get("/search/?q=VX-12", headers={"accept": "application/json"}).json()["groups"]
