"""Every example in the API's guide works as it is written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from cmo_lifecycle.doors.rest.compatibility import breaking_changes
from cmo_lifecycle.partners.models import Contact, Programme
from evaluation.models import Candidate, Proposal, Rfp
from operations.models import Delivery
from strategy.models import Strategy

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "api.md"
EXAMPLE = re.compile(r"^```sh (\d{3})\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = {
    "ID": "1",
    "PO / SO #": "SCMS-4",
    "Vendor": "Harrow Biologics",
    "Product Group": "VX-12",
    "Item Description": "Vials",
    "Scheduled Delivery Date": "2-Jun-06",
    "Delivered to Client Date": "2-Jun-06",
}


def file_for(profile: str) -> str:
    """A file of one line with every column that a shipped profile asks for."""
    fields = json.loads((ROOT / "operations" / "profiles" / f"{profile}.json").read_text())["fields"]
    columns = list(dict.fromkeys(one["column"] for one in fields.values() if "column" in one))
    return f"{','.join(columns)}\r\n{','.join(LINE.get(column, '') for column in columns)}\r\n"


def selected(relationship: Any, service: Any) -> dict[str, str]:
    """Return what the examples of a selection stand on, by the name of their variables."""
    programme = Programme.objects.create(name="BX-9", modality="biologic", phase="phase_3")
    programme.members.add(service)
    strategy = Strategy.objects.create(programme=programme, state="approved", approved_at=timezone.now())
    cmo = relationship.cmo
    candidate = Candidate.objects.create(
        programme=programme, cmo=cmo, channel="prior_relationship", state=Candidate.State.SHORT_LISTED
    )
    contact = Contact.objects.create(cmo=cmo, name="Niamh Daly", email="niamh@harrow.example")
    draft = Rfp.objects.create(
        programme=programme, strategy=strategy, reference="RFP-2027-0001", title="Filling",
        service="sterile_fill_finish", closes_at=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    issued = Rfp.objects.create(
        programme=programme, strategy=strategy, reference="RFP-2027-0003", title="Filling", service="packaging",
        state=Rfp.State.ISSUED, issued_at=timezone.now(), closes_at=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    proposal = Proposal.objects.create(rfp=issued, cmo=cmo, candidate=candidate, contact=contact)
    found = {"SOURCED": programme, "RFP": draft, "CANDIDATE": candidate, "CONTACT": contact, "PROPOSAL": proposal}
    return {name: str(record.pk) for name, record in found.items()}


def examples() -> list[tuple[int, str]]:
    return [(int(status), script) for status, script in EXAMPLE.findall(GUIDE.read_text())]


def test_every_command_of_the_guide_is_run_here() -> None:
    assert GUIDE.read_text().count("\ncurl ") == len(examples())
    assert GUIDE.read_text().count("```sh") == len(examples())


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_works(
    live_server: Any, service: Any, token_of: Any, relationship: Any, tmp_path: Path, settings: Any
) -> None:
    from django.contrib.auth.models import Group

    settings.MEDIA_ROOT = tmp_path / "media"
    service.groups.set(Group.objects.filter(name__in=("sourcing", "supply_planning", "project_manager")))
    relationship.programme.members.add(service)
    delivery = Delivery.objects.create(relationship=relationship, item="Vials", scheduled_on=date(2026, 1, 30))
    strategy = Strategy.objects.create(programme=relationship.programme, scope="Bulk of VX-12")
    another = Programme.objects.create(name="NV-3", modality="biologic", phase="phase_2")
    another.members.add(service)
    selection = selected(relationship, service)
    (tmp_path / "deliveries.csv").write_text(file_for("scms"))
    environment = {
        "PATH": os.environ["PATH"],
        "BASE": live_server.url,
        "TOKEN": token_of(service, "write"),
        "CMO": str(relationship.cmo_id),
        "RELATIONSHIP": str(relationship.pk),
        "DELIVERY": str(delivery.pk),
        "PROGRAMME": str(another.pk),
        "STRATEGY": str(strategy.pk),
        **selection,
    }
    for status, script in examples():
        done = subprocess.run(
            ["bash", "-euc", f'curl() {{ command curl -sS --max-time 60 -D headers "$@"; }}\n{script}'],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (script, done.stderr)
        headers = (tmp_path / "headers").read_text()
        said = [int(line.split()[1]) for line in headers.splitlines() if line.startswith("HTTP/")][-1]
        assert said == status, (script, headers, done.stdout[:2000])


def test_a_break_of_what_callers_rely_on_is_written_down() -> None:
    """Compared with the last committed description; in an unpacked archive there is none."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("there is no history to compare with")
    before = subprocess.run(
        [git, "show", "HEAD:docs/openapi.yaml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if before.returncode:
        pytest.skip("the last commit has no description")
    now = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    guide = " ".join(GUIDE.read_text().split())
    breaks = [one for one in breaking_changes(yaml.safe_load(before.stdout), now) if one not in guide]
    assert not breaks, "Callers lose something. If it is meant, write it down in docs/api.md, Changes."
