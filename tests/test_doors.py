"""Every address × every person against the table of expected outcomes, in process, on one set of records."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import include, path, reverse

from cmo_lifecycle.doors import errors
from tests import world as stage
from tests.doors_table import COLUMNS, DOORS, NOUNS, expected

# The tests' own savepoints lie inside the module's transaction.
pytestmark = pytest.mark.django_db

JSON = "application/json"
PAGE_METHODS = ("GET", "POST")
#: A method that is not there is not there for anybody: these few ask for it. One token is enough at a page.
ENOUGH = ("anonymous", "priya", "otto", "read", "write")
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module", autouse=True)
def _quietly() -> Iterator[None]:
    """Thousands of refusals are the point here; telling each in the log takes longer than answering it."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def _without_words() -> Iterator[None]:
    """What the pages of refusals look like is told elsewhere; drawing them takes most of the time here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors, "render", lambda request, template, *args, status: HttpResponse(status=status))
        yield


@pytest.fixture(scope="module")
def sessions(world: stage.World) -> dict[str, str]:
    """The key of a signed-in session of each person, by name; Gone's account is closed afterwards."""
    found = {name: client.session.session_key for name, client in stage.signed_in(world, *stage.PEOPLE).items()}
    stage.deactivate(world)
    return found


@pytest.fixture(scope="module")
def knock(world: stage.World, sessions: dict[str, str]) -> Callable[..., str]:
    """Send one request as somebody, take back what it did, and say in one letter how it was answered."""

    # Without the test client's notes of every template: they take longer than the request.
    make, handle = RequestFactory(), ClientHandler(enforce_csrf_checks=False)

    def ask(who: str, method: str, address: str, body: dict[str, Any]) -> str:
        make.cookies.clear()
        headers = {}
        if who in world.tokens:
            headers["authorization"] = f"Bearer {world.tokens[who]}"
        elif who in sessions:
            make.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
        with transaction.atomic():
            response = handle(make.generic(method, address, headers=headers, **body).environ)
            if response.streaming:
                # Reading it to its end is what closes it, and leaves the connection alone.
                b"".join(response)
            transaction.set_rollback(True)
        return letter(response)

    return ask


def letter(response: Any) -> str:
    """Say how a request was answered, as the table does."""
    status = response.status_code
    if 300 <= status < 400:
        to, _, query = response["Location"].partition("?")
        if to == reverse("account_login") and "next=" in query:
            return "s"
        if to in (reverse("account_reauthenticate"), reverse("mfa_reauthenticate")):
            return "r"
        return "+"
    known = {401: "s", 403: "x", 404: "0", 405: "m", 400: "+", 409: "+", 412: "+", 422: "+", 428: "+"}
    return "+" if status < 300 else known.get(status, str(status))


#: Nouns by the stem of their pages, and by their route.
BY_PAGES = {noun.pages: noun.route for noun in NOUNS if noun.pages}


def address_of(name: str, world: stage.World) -> str:
    """Return the address that a row is tried at."""
    page, _, verb = name.partition(" ")
    if page in ("portal:home", "portal:code", "portal:ended", "portal:leave"):
        return reverse(page)
    if page == "portal:link":
        return reverse(page, args=["no-such-link"])
    if page.startswith(("portal:", "paper:")):
        # Of no invitation: there is none for anybody.
        more = {"document": "document", "file": "file", "remove_file": "file"}.get(page.partition(":")[2])
        kind = {"kind": "technical"} if page.endswith(":envelope") else {}
        return reverse(page, kwargs={"pk": world.cmos.pk, **kind, **({more: world.cmos.pk} if more else {})})
    if page.startswith("api:"):
        return _api_address(page.removeprefix("api:"), world)
    special = {
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
        "attachment": {"pk": world.attachment.pk},
        "attachment_void": {"pk": world.attachment.pk},
        "job": {"pk": world.job.pk},
        "job_cancel": {"pk": world.job.pk},
        "pick": {"noun": "cmo"},
        "accounts:person": {"pk": world.tom.pk},
        "accounts:person_edit": {"pk": world.tom.pk},
        "accounts:person_invite": {"pk": world.tom.pk},
        "accounts:person_step": {"pk": world.tom.pk, "verb": verb},
        "accounts:token_add": {"pk": world.reader.pk},
        "accounts:token_revoke": {"key": world.read_token.id},
        "contracts:clause_library": {},
        "contracts:clause_topic": {"code": "exit_plan"},
        "contracts:agreement_clauses": {"pk": world.agreements.pk},
        **{
            f"contracts:{name}": {"pk": world.agreements.pk}
            for name in ("agreement_duties", "library_terms", "agreement_sums")
        },
        "operations:framework_go_on": {"pk": world.frameworks.pk},
        "operations:framework_write": {"pk": world.frameworks.pk, "screen": "goals"},
        "operations:framework_revise": {"pk": world.frameworks.pk},
        **{f"portal_frameworks:{name}": {"pk": world.frameworks.pk} for name in ("framework", "sign", "send_back")},
        "contracts:negotiation": {"pk": world.agreements.pk},
        "contracts:agenda": {"pk": world.agreements.pk},
        "contracts:responsibilities": {"pk": world.quality_agreement.pk},
        "contracts:negotiation_point_write": {"pk": world.records["negotiation-points"].pk, "screen": "positions"},
        "contracts:delegation_write": {"pk": world.delegations.pk, "screen": "limits"},
        "contracts:delegation_revise": {"pk": world.delegations.pk},
        "contracts:holiday_calendar_write": {"pk": world.records["holiday-calendars"].pk, "screen": "days"},
        "contracts:agreement_bring_in": {"pk": world.agreements.pk},
        "contracts:agreement_red_line": {"pk": world.agreements.pk},
        **{f"portal_agreements:{name}": {"pk": world.agreements.pk} for name in ("agreement", "sign", "text", "file")},
        "strategy:asks": {"pk": world.strategies.pk},
        "strategy:board_paper": {"pk": world.strategies.pk},
        "strategy:strategy_go_on": {"pk": world.strategies.pk},
        "strategy:strategy_write": {"pk": world.strategies.pk, "screen": "scope"},
        "evaluation:candidate_write": {"pk": world.candidates.pk, "screen": "must-haves"},
        "evaluation:rfp_write": {"pk": world.rfps.pk, "screen": "scope"},
        **{
            f"evaluation:rfp_{name}": {"pk": world.rfps.pk}
            for name in ("go_on", "template", "library", "trace", "panel", "invitations")
        },
        "evaluation:library_question_revise": {"pk": world.records["library-questions"].pk},
        "evaluation:costs": {"pk": world.rfps.pk},
        "evaluation:cost": {"pk": world.rfps.pk, "proposal": world.proposals.pk},
        "evaluation:cost_lines": {"pk": world.rfps.pk, "form": "csv"},
        "evaluation:diligence_board": {"pk": world.rfps.pk},
        "evaluation:transfers": {"pk": world.rfps.pk},
        "evaluation:appraisal_table": {"pk": world.appraisals.pk, "table": "gaps"},
        "evaluation:award_table": {"pk": world.awards.pk, "table": "winners"},
        "evaluation:award_report": {"pk": world.awards.pk},
        "evaluation:award_letters": {"pk": world.awards.pk},
        "evaluation:award_letter": {"pk": world.awards.pk, "proposal": world.proposals.pk},
        "evaluation:matrix_total": {"pk": world.rfps.pk, "proposal": world.proposals.pk},
        "evaluation:matrix_cell": {"pk": world.rfps.pk, "code": "T1", "proposal": world.proposals.pk},
        "evaluation:consensus": {"pk": world.rfps.pk, "code": "T1", "proposal": world.proposals.pk},
        **{f"evaluation:{name}": {"pk": world.rfps.pk} for name in ("matrix", "moderation", "sensitivity")},
        "evaluation:score_sheet_write": {"pk": world.records["score-sheets"].pk},
    }
    if page in special:
        return reverse(page, kwargs=special[page])
    if page.startswith("operations:import") and page.rpartition("_")[2] not in ("list", "add"):
        return reverse(page, args=[world.imports.pk, *([verb] if verb else [])])
    stem, _, action = page.rpartition("_")
    if page in BY_PAGES:
        return reverse(page, args=[world.records[BY_PAGES[page]].pk])
    if stem in BY_PAGES and action not in ("list", "add", "versions"):
        more = [verb] if action == "step" else []
        return reverse(page, args=[world.records[BY_PAGES[stem]].pk, *more])
    return reverse(page)


def _api_address(name: str, world: stage.World) -> str:
    if name == "unknown":
        return "/api/v1/no-such-thing/"
    if name == "problem":
        return reverse("api:problem", args=["not_found"])
    things = {
        "events": world.event,
        "attachments": world.attachment,
        "jobs": world.job,
        "people": world.tom,
        "audit-entries": world.entry,
        "import-problems": world.problem,
    }
    route = max((known for known in (*world.records, *things) if name.startswith(f"{known}-")), key=len, default="")
    action = name.removeprefix(f"{route}-")
    if not route or action in ("list", "bulk"):
        return reverse(f"api:{name}")
    record = world.records.get(route) or things[route]
    return reverse(f"api:{name}", args=["no-such-id" if action == "upsert" else record.pk])


def body_of(name: str, method: str, world: stage.World) -> dict[str, Any]:
    """Return what is sent: as little as it takes to be looked at."""
    if method == "GET":
        return {}
    if name in ("api:attachments-list", "api:imports-list", "api:contract-documents-list"):
        edge = "edge"
        parts = {"record": "cmos", "record_id": str(world.cmos.pk)} if "attachments" in name else {}
        lines = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in parts.items()
        ]
        lines.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nNotes')
        data = "\r\n".join(lines) + f"\r\n--{edge}--\r\n"
        return {"data": data, "content_type": f"multipart/form-data; boundary={edge}"}
    if not name.startswith("api:"):
        return {"data": "", "content_type": "application/x-www-form-urlencoded"}
    if name.endswith("-bulk"):
        route = name.removeprefix("api:").removesuffix("-bulk")
        adds = next(noun.add for noun in NOUNS if noun.route == route)
        item = "{}" if adds else f'{{"id": "{world.records[route].pk}", "version": 1}}'
        return {"data": f'{{"items": [{item}]}}', "content_type": JSON}
    return {"data": "{}", "content_type": JSON}


@pytest.mark.parametrize("name", sorted(DOORS))
def test_everybody_is_answered_as_the_table_says(name: str, world: stage.World, knock: Callable[..., str]) -> None:
    address = address_of(name, world)
    found, wanted = {}, {}
    for method in API_METHODS if name.startswith("api:") else PAGE_METHODS:
        body = body_of(name, method, world)
        for who, outcome in expected(name, method).items():
            at_page = not name.startswith("api:")
            if (method not in DOORS[name] and who not in ENOUGH) or (who == "write" and at_page):
                continue
            if name.startswith(("account_", "mfa_")):
                # So many knocks at the sign-in are what its rate limits are for.
                cache.clear()
            wanted[method, who] = outcome
            found[method, who] = knock(who, method, address, body)
    differ = {key: f"{found[key]} instead of {wanted[key]}" for key in found if found[key] != wanted[key]}
    assert differ == {}, f"{address}: {_by_method(found)}"


def _by_method(found: dict[tuple[str, str], str]) -> dict[str, str]:
    methods = dict.fromkeys(method for method, _ in found)
    return {method: "".join(found.get((method, who), "") for who in COLUMNS) for method in methods}


def without_a_row(urls: Iterator[tuple[str, str, Any]]) -> list[str]:
    """Return the addresses of a URLconf that the table does not know."""
    known = {name.partition(" ")[0] for name in DOORS}
    return [address for name, address, _ in urls if name not in known]


def test_every_address_has_a_row() -> None:
    assert without_a_row(stage.every_url()) == []


def test_every_row_has_its_address() -> None:
    there = {name for name, _, _ in stage.every_url()}
    assert [name for name in DOORS if name.partition(" ")[0] not in there] == []


def test_every_step_of_every_noun_has_a_row() -> None:
    from cmo_lifecycle.accounts.views.acts import ACTS
    from cmo_lifecycle.doors.pages.registry import NOUNS as SHOWN
    from cmo_lifecycle.workflow.transitions import all_nouns, transitions_of

    declared = {
        f"{SHOWN[model].namespace}:{SHOWN[model].stem}_step {verb}"
        for model in all_nouns()
        if model in SHOWN
        for verb in transitions_of(model)
        # Mapping has a page of its own, above the steps.
        if verb != "map_columns"
    } | {f"accounts:person_step {verb}" for verb in ACTS}
    written = {name for name in DOORS if "_step " in name and not name.endswith(" no_such_step")}
    assert written == declared


def test_an_address_without_a_row_is_noticed() -> None:
    def nothing(request: Any) -> None:
        """Stand behind an address."""

    class Urls:
        urlpatterns = [
            path("", include("cmo_lifecycle.urls")),
            path("back-door/", nothing, name="back_door"),
            path("deep/", include([path("nameless/<uuid:pk>/", nothing)])),
            path("deep/", include(([path("down/", nothing, name="home")], "cellar"))),
        ]

    from django.urls import URLResolver
    from django.urls.resolvers import RegexPattern

    resolver = URLResolver(RegexPattern(r"^/"), Urls)
    assert without_a_row(stage.every_url(resolver)) == ["back-door/", "deep/nameless/<uuid:pk>/", "deep/down/"]
