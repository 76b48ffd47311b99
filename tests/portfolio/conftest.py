"""The demonstration, told once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from devstack.kept import kept

TODAY = date(2026, 11, 20)


@pytest.fixture
@kept
def told(db: None) -> None:
    with override_settings(DEMO=True):
        call_command("load_demo", "--today", TODAY.isoformat())


@pytest.fixture
def demo(told: None, settings: Any) -> None:
    settings.DEMO = True
