from __future__ import annotations

from pathlib import Path

from django.conf import settings

from cmo_lifecycle.partners.models import Qualification
from cmo_lifecycle.workflow import diagrams


def test_the_page_of_states_is_what_the_code_declares() -> None:
    written = Path(settings.BASE_DIR, "docs", "states.md").read_text(encoding="utf-8")
    assert written == diagrams.page(), "Run `python3 manage.py draw_states`."


def test_a_step_that_stays_is_drawn_as_a_loop() -> None:
    assert "    approved --> approved: extend review" in diagrams.mermaid(Qualification)
