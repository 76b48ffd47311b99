"""What hangs on a programme is there for its members and the auditor; for everybody else it is as if it were not."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.doors import errors
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
    "operations.Framework": OF_VX12,
    "operations.Transfer": OF_VX12,
    "operations.TransferGate": OF_VX12,
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
    # Otto reads it once it is out for signature.
    "contracts.Agreement": OF_VX12,
    "contracts.ContractDocument": OF_VX12,
    "contracts.Clause": OF_VX12,
    "contracts.Waiver": OF_VX12,
    "contracts.Obligation": OF_VX12,
    "contracts.AgreementEvent": OF_VX12,
    "contracts.NegotiationPoint": OF_VX12,
    "contracts.Subcontractor": OF_VX12,
    "contracts.Exercise": OF_VX12,
    "contracts.SplitAnswer": OF_VX12,
    "contracts.Delegation": INSIDE,
    "contracts.HolidayCalendar": INSIDE,
}
#: What only VX-12 knows: none of it is on any page of somebody outside.
SECRETS = (
    "VX-12", "MSA-014", "PO-9", "D-9", "One source", "minutes.txt", "lines.csv", "Vial 2R", "P-12", "VXM-3", "PS-1", "Ida Holm", "Never out of stock", "ever short of stock", "Three makers are left",
)  # fmt: skip
#: What a request says of the programme to whom it is issued: its title and its scope, in the portal alone.
TOLD_TO_BIDDERS = ("VX-12", "VXM-3")
NOUNS = {model._meta.label: model for model in apps.get_models() if issubclass(model, Record)}


@pytest.fixture(scope="module", autouse=True)
def _quietly() -> Iterator[None]:
    """Thousands of refusals are the point here; telling each in the log takes longer than answering it."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


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
    from cmo_lifecycle.api_urls import PARTNERS, contracts, evaluation, operations, strategy
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN

    for name in ("priya", "bob", "audra", "otto", "adam"):
        person = world.people[name]
        for noun in SHOWN.values():
            rows = set(noun.rows(person).values_list("pk", flat=True))
            assert rows == set(noun.model.objects.visible_to(person).values_list("pk", flat=True))
        for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *contracts.VIEWS, *operations.VIEWS):
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


def keyed(world: stage.World) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Yield each address with a key whose record is VX-12's: name, record, and what else the address takes."""
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
        "evaluation:cda": "cdas",
        "contracts:clause": "clauses",
        "contracts:waiver": "waivers",
        "contracts:obligation": "obligations",
        "contracts:agreement_event": "agreement-events",
        "contracts:negotiation_point": "negotiation-points",
        "contracts:negotiation": "agreements",
        "contracts:agenda": "agreements",
        "contracts:responsibilities": "agreements",
        "contracts:subcontractor": "subcontractors",
        "contracts:exercise": "exercises",
        "contracts:split_answer": "split-answers",
        "contracts:agreement_duties": "agreements",
        "contracts:library_terms": "agreements",
        "contracts:agreement_sums": "agreements",
        "contracts:agreement_clauses": "agreements",
        "evaluation:candidate": "candidates",
        "evaluation:rfp": "rfps",
        "evaluation:proposal": "proposals",
        "evaluation:enquiry": "enquiries",
        "evaluation:addendum": "addenda",
        "evaluation:evaluator": "evaluators",
        "evaluation:score_sheet": "score-sheets",
        "evaluation:appraisal": "appraisals",
        "evaluation:diligence": "due-diligence",
        "evaluation:award": "awards",
        "contracts:agreement": "agreements",
        "contracts:contract_document": "contract-documents",
        "operations:delivery": "deliveries",
        "operations:review": "reviews",
        "operations:framework": "frameworks",
        "operations:transfer": "transfers",
        "operations:transfer_gate": "transfer-gates",
        "operations:import": "imports",
    }
    # Pages over an RFP that are called by what they show.
    over_rfp = ("matrix", "moderation", "consensus", "sensitivity", "cost", "diligence_board", "transfers")
    by_stem |= {f"evaluation:{name}": "rfps" for name in ("costs", *over_rfp)}
    by_stem |= {f"portal_frameworks:{name}": "frameworks" for name in ("framework", "sign", "send_back")}
    by_stem |= {f"portal_agreements:{name}": "agreements" for name in ("agreement", "sign", "text", "file")}
    by_stem |= {"strategy:asks": "strategies", "strategy:board_paper": "strategies"}
    routes = {*by_stem.values(), "openings"}
    for name, address, _ in stage.every_url():
        keys = set(re.findall(r"<\w+:(\w+)>", address))
        if "pk" not in keys:
            continue
        if name in things:
            yield name, things[name], {}
        elif name.startswith("api:"):
            # A step stands behind the route as an extra does: the longest route that fits is the noun's.
            path = address.removeprefix("api/v1/").partition("/")[0]
            if path in routes:
                yield name, world.records[path], {}
        elif name.startswith("paper:"):
            yield name, world.proposals, _rest(keys, world)
        else:
            stem = max((stem for stem in by_stem if name == stem or name.startswith(f"{stem}_")), key=len, default="")
            if stem:
                record = world.records[by_stem[stem]]
                for rest in _steps(record) if "verb" in keys else _screens(name) if "screen" in keys else (None,):
                    yield name, record, rest or _rest(keys, world)


def _steps(record: Any) -> list[dict[str, str]]:
    from cmo_lifecycle.workflow.transitions import transitions_of

    return [{"verb": verb} for verb in (*transitions_of(type(record)), "no_such_step")]


def _screens(name: str) -> list[dict[str, str]]:
    """The screens of a guided writer."""
    from contracts.views.negotiating import POSITIONS
    from evaluation.views.requesting.screens import SCREENS as RFPS
    from evaluation.views.scouting.must_haves import MUST_HAVES
    from operations.joint.screens import SCREENS as FRAMEWORKS
    from strategy.screens import SCREENS as STRATEGIES

    writers = {
        "operations:framework_write": FRAMEWORKS,
        "strategy:strategy_write": STRATEGIES,
        "evaluation:rfp_write": RFPS,
        "evaluation:candidate_write": MUST_HAVES.screens,
        "contracts:negotiation_point_write": (POSITIONS,),
    }
    return [{"screen": screen.key} for screen in writers[name]]


def _rest(keys: set[str], world: stage.World) -> dict[str, str]:
    """What an address takes besides the key of its record."""
    more = {
        "proposal": str(world.proposals.pk),
        "code": "T1",
        "form": "csv",
        "table": "gaps",
        "kind": "technical",
        "document": str(world.attachment.pk),
        "file": str(world.attachment.pk),
    }
    return {key: more[key] for key in keys - {"pk"}}


@pytest.fixture
def in_a_word() -> Iterator[None]:
    """Two refusals are the same where page and words are: drawing the frame around them takes most of the time here.

    What stands on the drawn page of a refusal is read by `test_nobody_outside_reads_a_word_of_it`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors, "render", lambda request, *args, status: HttpResponse(repr(args), status=status))
        yield


def test_a_foreign_key_is_answered_as_one_that_nothing_has(world: stage.World, as_: Any, in_a_word: None) -> None:
    tried = set()
    for name, record, rest in keyed(world):
        key, none = str(record.pk), stage.no_such()
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE") if name.startswith("api:") else ("GET", "POST")
        for who in ("mallory", "otto"):
            client = as_(who)
            for method in methods if who == "mallory" else methods[:1]:
                answers = []
                for asked in (key, none):
                    cache.clear()
                    address = reverse(name, kwargs={"pk": asked, **rest})
                    body = "{}" if name.startswith("api:") else "version=1&reason=x"
                    kind = "application/json" if name.startswith("api:") else "application/x-www-form-urlencoded"
                    answer = client.generic(method, address, body, kind, headers={"if-match": '"1"'})
                    answers.append((answer.status_code, plain(answer.content, asked)))
                assert answers[0] == answers[1], f"{who} {method} {name} {rest}"
                assert answers[0][0] in (403, 404, 405), f"{who} {method} {name} {rest}"
        tried.add(name)
    assert len(tried) > 200


def test_no_address_of_what_hangs_on_a_programme_is_left_out(world: stage.World) -> None:
    """The walk above finds its addresses by name: one that is called otherwise must not slip through."""
    scoped = {route for route, record in world.records.items() if not SEEN[type(record)._meta.label] >= INSIDE}
    walked = {name for name, _, _ in keyed(world)}
    missing = []
    for name, address, _ in stage.every_url():
        space = name.partition(":")[0]
        # Bidders' own pages are closed to colleagues whatever the key; those of libraries and masters are everybody's.
        if "<uuid:pk>" not in address or name in walked or space in ("portal", "portal_agreements", "accounts"):
            continue
        pages = address.split("/")
        if any(part in scoped for part in pages) or space in ("evaluation", "paper"):
            missing.append(name)
    assert [name for name in missing if not name.startswith("evaluation:library_question")] == []


# ---------------------------------------------------------------- keys in bodies, in forms and in the query


def references() -> Iterator[tuple[Any, Any, type[Any]]]:
    """Yield each member of a REST body that names a record: view, input, model of the record."""
    from cmo_lifecycle.api_urls import PARTNERS, contracts, evaluation, operations, strategy
    from cmo_lifecycle.doors.rest.kinds import Of, Several
    from cmo_lifecycle.doors.rest.viewsets import RecordViewSet

    for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *contracts.VIEWS, *operations.VIEWS):
        if issubclass(view, RecordViewSet):
            for one in view.inputs().values():
                if isinstance(one.kind, Of | Several) and one.kind.model in NOUNS.values():
                    yield view, one, one.kind.model


def test_a_foreign_key_in_a_body_is_as_wrong_as_one_that_nothing_has(
    world: stage.World, record_of: dict[str, Any], as_: Any
) -> None:
    from cmo_lifecycle.doors.rest.kinds import Several

    client, tried = as_("mallory"), set()
    addresses = {name for name, _, _ in stage.every_url()}
    for view, one, model in references():
        if "mallory" in SEEN[model._meta.label]:
            continue
        for shape in ("one", "bulk", "change"):
            if shape == "bulk" and f"api:{view.route}-bulk" not in addresses:
                continue
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
        ("frameworks", "relationship_id"), ("transfers", "relationship_id"), ("transfer-gates", "transfer_id"),
        ("strategies", "programme_id"), ("cdas", "programme_id"), ("candidates", "programme_id"),
        ("agreements", "programme_id"), ("agreements", "parent_id"), ("agreements", "replaces_id"),
        ("rfps", "programme_id"), ("proposals", "rfp_id"), ("proposals", "candidate_id"),
        ("addenda", "rfp_id"), ("evaluators", "rfp_id"), ("awards", "programme_id"), ("awards", "rfp_id"),
        ("obligations", "agreement_id"), ("agreement-events", "agreement_id"),
        ("clauses", "agreement_id"), ("clauses", "document_id"), ("waivers", "agreement_id"),
        ("negotiation-points", "agreement_id"), ("subcontractors", "agreement_id"), ("exercises", "agreement_id"),
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
            if queryset is None or "mallory" in SEEN.get(queryset.model._meta.label, INSIDE):
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
        ("framework", "relationship"), ("transfer", "relationship"), ("transfer_gate", "transfer"),
        ("strategy", "programme"), ("cda", "programme"), ("candidate", "programme"), ("rfp", "programme"),
        ("agreement", "programme"), ("agreement", "parent"), ("agreement", "replaces"),
        ("proposal", "rfp"), ("proposal", "candidate"), ("addendum", "rfp"), ("evaluator", "rfp"),
        ("award", "programme"), ("award", "rfp"),
        ("obligation", "agreement"), ("agreement_event", "agreement"),
        ("clause", "agreement"), ("clause", "document"), ("waiver", "agreement"),
        ("negotiation_point", "agreement"), ("subcontractor", "agreement"), ("exercise", "agreement"),
    }  # fmt: skip


def test_a_prefill_by_a_foreign_key_is_ignored(world: stage.World, as_: Any) -> None:
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN

    tried = 0
    for noun in SHOWN.values():
        if noun.form is None or not noun.may_add(world.mallory):
            continue
        for name, model in noun.form.prefills.items():
            record = next(record for record in world.records.values() if isinstance(record, model))
            if "mallory" in SEEN[model._meta.label]:
                continue
            pages = [
                plain(as_("mallory").get(f"{noun.add_url()}?{name}={asked}").content, asked)
                for asked in (str(record.pk), stage.no_such())
            ]
            assert pages[0] == pages[1], f"{noun.stem} {name}"
            tried += 1
    assert tried


def test_filtering_by_a_foreign_key_says_nothing(world: stage.World, as_: Any) -> None:
    from cmo_lifecycle.api_urls import PARTNERS, SHARED, contracts, evaluation, operations, strategy
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN
    from cmo_lifecycle.doors.rest.kinds import Key

    client, tried = as_("mallory"), 0
    bound = {
        record._meta.model_name: record
        for record in world.records.values()
        if "mallory" not in SEEN[type(record)._meta.label]
    }
    called = {**bound, "import": world.imports}
    lists = [
        (noun.list_url, noun.model, [name for name, one in noun.filters.base_filters.items() if name != "q"])
        for noun in SHOWN.values()
        if noun.filters is not None
    ] + [
        (
            f"/api/v1/{view.route}/",
            view.model,
            [name for name, one in view.filter_table().items() if type(one.kind) is Key],
        )
        for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *contracts.VIEWS, *operations.VIEWS, *SHARED)
        if view.route != "audit-entries"
    ]
    for address, model, names in lists:
        for name in names:
            if name == "id":
                # A key of another noun is none of this one's, whoever asks: its own is what it could give away.
                asked_by = [bound[model._meta.model_name]] if model._meta.model_name in bound else []
            elif name in ("record_id", "related_id"):
                asked_by = list(bound.values())
            else:
                # A key of a review says nothing to a filter by programme.
                asked_by = [record for noun, record in called.items() if noun in name.replace("_", "")]
            told: dict[str, tuple[int, str]] = {}
            for record in (stage.no_such(), *asked_by) if asked_by else ():
                asked = str(getattr(record, "pk", record))
                cache.clear()
                answer = client.get(address, {name: asked})
                told[asked] = (answer.status_code, plain(answer.content, asked))
                assert len(set(told.values())) == 1, f"{address}?{name} of a foreign {type(record).__name__}"
            tried += len(asked_by)
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
            told = TOLD_TO_BIDDERS if who == "otto" and address.startswith("/portal/") else ()
            found = [secret for secret in SECRETS if secret in text and secret not in told]
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
