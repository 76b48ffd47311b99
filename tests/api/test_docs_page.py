"""The API's page in a real browser: everything from here, and nothing against the content policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_of_the_api_works_offline_under_the_content_policy(
    live_server: Any, chromium_path: str, priya: Any
) -> None:
    client = Client()
    client.force_login(priya)
    breaches: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        try:
            context = browser.new_context()
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("console", lambda said: breaches.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: breaches.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"{live_server.url}/api/docs/")
            page.get_by_text("CMO Lifecycle API").first.wait_for()
            tags = page.locator(".opblock-tag").all_inner_texts()
        finally:
            browser.close()
    assert any(text.startswith("deliveries") for text in tags), tags
    assert breaches == []
    # A page may draw its own small pictures (data:); nothing else comes from anywhere but here.
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
