"""A supply agreement with its text and a strategy that asks for something, and the labelled contracts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from contracts.documents import bring_in
from contracts.models import Agreement
from tests.contracts.conftest import signatories, written
from tests.world_clauses import approved

ROOT = Path(__file__).resolve().parents[3]
EXIT = (
    "On expiry or termination the CMO shall, for twelve months, continue to supply and shall follow the exit plan"
    " annexed as Schedule 9, handing over records and retained samples."
)
TEXT = f"""MASTER SUPPLY AGREEMENT

1. TERM. This Agreement is effective from 1 January 2026 and continues for five years.

2. GOVERNING LAW. This Agreement is governed by and construed in accordance with the laws of Germany.

3. ASSIGNMENT. Neither party may assign this Agreement without the prior written consent of the other party.

4. AUDIT. Vantara may audit the records and facilities of Harrow once a year on thirty days' notice.

5. EXIT. {EXIT}
"""


@pytest.fixture
def contracts_folder() -> Path:
    """Return the folder of the labelled contracts, or skip and say where it should be."""
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "contracts"
    if not (folder / "dev_manifest.json").is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    return folder


@pytest.fixture
def msa(alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any) -> Agreement:
    """A draft that lacks nothing but what a strategy may ask for."""
    made = signatories(written(alice, harrow, vx12, "msa"), alice, erin, otto_signs)
    bring_in(made, actor=alice, words=TEXT)
    made.refresh_from_db()
    return made


@pytest.fixture
def asks(vx12: Any) -> Callable[..., Any]:
    """Give VX-12 an approved strategy that asks for mechanisms, by their codes."""
    return lambda *codes: approved(vx12, *codes)


@pytest.fixture
def as_() -> Callable[[Any], Client]:
    """Return a client that is signed in as somebody."""

    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in
