"""Every operation, asked by Schemathesis with values that fit its description and values that do not.

In-process and with a fixed seed, so a failure is found again by running it again. The plug-in of the
tool is not needed: each operation is an ordinary test.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import just

from cmo_lifecycle import api_urls  # noqa: F401 (declares the nouns)
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.rest.docs import document
from cmo_lifecycle.doors.rest.listing import by_model
from cmo_lifecycle.doors.rest.things import nouns
from cmo_lifecycle.partners.models import Certificate, Contact, Identifier, Inspection, Qualification, TierAssessment
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event, Job
from operations.models import Delivery
from strategy.models import Strategy

pytestmark = pytest.mark.django_db

EXAMPLES = 3
ROUTES = sorted(view.route for view in by_model.values())
#: What belongs to no noun, such as computed values.
OTHERS = "others"


def operations(route: str) -> list[tuple[str, str]]:
    found = []
    for path, item in sorted(document()["paths"].items()):
        own = path.split("/")[3]
        if own == route or (route == OTHERS and own not in ROUTES):
            found += [(path, method.upper()) for method in sorted(item)]
    return found


@pytest.fixture(scope="module")
def schema() -> Any:
    # Not at the top: collecting the other tests need not pay for the tool.
    import schemathesis

    from cmo_lifecycle.wsgi import application

    made = schemathesis.openapi.from_dict(document())
    made.app = application
    return made


@pytest.fixture(scope="module")
def checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    return [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The server closes its connection between requests; the test's own transaction lives on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def systems_token(token_of: Any, vx12: Any) -> str:
    account = User.objects.create(email="fuzz@systems.example", name="Fuzz", is_service=True)
    account.groups.set(Group.objects.exclude(name="cmo_contact"))
    vx12.members.add(account)
    Job.objects.create(kind="import", label="Import", asked_by=account)
    return str(token_of(account, "write"))


@pytest.fixture
def ids(relationship: Any, harrow: Any, harrow_site: Any, systems_token: str) -> dict[str, Any]:
    """A real id of each noun, where there is one."""
    Delivery.objects.create(relationship=relationship, item="Vials", scheduled_on=date(2025, 1, 1))
    Identifier.objects.create(cmo=harrow, scheme="vat", value="NO1")
    Contact.objects.create(cmo=harrow, name="Ola")
    Certificate.objects.create(site=harrow_site, kind="gmp", number="1", issuer="HPRA")
    Inspection.objects.create(site=harrow_site, authority="FDA", started_on=date(2025, 1, 1))
    Qualification.objects.create(site=harrow_site, service="packaging", scope="Cartons")
    factors = dict.fromkeys(("product_impact", "detectability", "data_integrity", "supply_continuity"), 2)
    TierAssessment.objects.create(relationship=relationship, rationale="x", assessed_on=date(2025, 1, 1), **factors)
    answers = {"alternates": "dual", "horizon_from": 2027, "horizon_to": 2030}
    edits.create(Strategy, {"programme": relationship.programme, **answers}, actor=relationship.manager)
    found = {route: model.objects.values_list("pk", flat=True).first() for route, model in nouns().items()}
    found |= {
        "people": relationship.manager_id,
        "events": Event.objects.values_list("pk", flat=True).first(),
        "jobs": Job.objects.values_list("pk", flat=True).first(),
    }
    return {route: str(key) for route, key in found.items() if key is not None}


def strategies(operation: Any, key: str | None, token: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """Yield values for an operation with headers: on a real row, of its version, and for reading on any."""
    from schemathesis.generation import GenerationMode

    headers = {"Authorization": f"Bearer {token}"}
    matches = any(parameter.name == "If-Match" for parameter in operation.headers)
    real = {"id": key} if key and "{id}" in operation.path else None
    if matches and real:
        headers["If-Match"] = '"1"'
    for mode in GenerationMode:
        yield operation.as_strategy(mode, path_parameters=real), headers
    if real and operation.method.upper() == "GET":
        yield operation.as_strategy(), headers


@pytest.mark.parametrize("route", [*ROUTES, OTHERS])
def test_no_input_breaks_an_operation_or_its_description(
    schema: Any, checks: list[Any], ids: dict[str, str], systems_token: str, route: str
) -> None:
    asked = 0
    for path, method in operations(route):
        for strategy, headers in strategies(schema[path][method], ids.get(route), systems_token):

            def ask(case: Any, headers: dict[str, str]) -> None:
                nonlocal asked
                asked += 1
                with transaction.atomic():
                    response = case.call(headers=headers)
                    case.validate_response(response, checks=checks, headers=headers)
                    transaction.set_rollback(True)

            run = settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(given(case=strategy, headers=just(headers))(ask))
            # Where an address takes no input of its own, nothing can be wrong with it.
            with contextlib.suppress(Unsatisfiable):
                run()
    assert asked
