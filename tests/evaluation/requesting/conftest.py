from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.evaluation.conftest import write_rfp


@pytest.fixture
def draft(strategy: Any, vx12: Any, alice: Any) -> Any:
    return write_rfp(vx12, alice)


@pytest.fixture
def at(client: Any) -> Any:
    """Return a function that signs somebody in and gives the address of a page of the evaluation."""

    def at(person: Any, name: str = "", *args: Any) -> str:
        client.force_login(person)
        return reverse(f"evaluation:{name}", args=args) if name else ""

    return at


def sent_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send of a page's form as it stands."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, Any] = {}
            self.area = self.select = ""
            self.inside = self.skipping = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            own = dict(attrs)
            if tag == "template":
                self.skipping = True
            if tag == "form":
                self.inside = own.get("method") == "post" and "data-guard" in own
            if self.skipping or not self.inside:
                return
            name = own.get("name", "")
            if tag == "input" and name:
                if own.get("type") in ("checkbox", "radio") and "checked" not in own:
                    return
                self.found[name] = own.get("value", "on" if own.get("type") == "checkbox" else "")
            elif tag == "textarea":
                self.area = name
                self.found[name] = ""
            elif tag == "select":
                self.select = name
                self.found.setdefault(name, "")
            elif tag == "option" and self.select and "selected" in own:
                self.found[self.select] = own.get("value", "")

        def handle_endtag(self, tag: str) -> None:
            if tag == "template":
                self.skipping = False
            if tag == "textarea":
                self.area = ""
            if tag == "select":
                self.select = ""
            if tag == "form":
                self.inside = False

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data

    reader = Reader()
    reader.feed(page.content.decode())
    found = reader.found
    for name, value in found.items():
        found[name] = value[1:] if value.startswith("\n") else value
    found.pop("csrfmiddlewaretoken", None)
    return found
