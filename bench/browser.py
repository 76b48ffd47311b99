"""What a browser takes to weigh a large selection anew: from the change of one weight to the page laid out again."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Each weight is moved once, as a hand on the slider moves it. `work` ends when script, style and layout are done,
#: `seen` with the frame that shows it.
MOVE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  }));
  const found = { work: [], seen: [] };
  for (const slider of document.querySelectorAll("[data-slide]")) {
    await frame();
    const start = performance.now();
    slider.value = String(Number(slider.value) + 7.5);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    found.work.push(performance.now() - start);
    await frame();
    found.seen.push(performance.now() - start);
  }
  found.said = document.querySelector("[data-mode]").textContent;
  return found;
}"""


@contextmanager
def _served() -> Iterator[str]:
    """The address of the product, answered by a thread of this process from its database."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://{thread.host}:{thread.port}"
    finally:
        thread.terminate()


def reweigh(pages: list[tuple[Any, str]]) -> list[dict[str, float]]:
    """Return milliseconds of `work` and `seen` (medians) and the `worst` of `seen` for (client, path) of each matrix.

    Empty where the machine has no Chromium.
    """
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        return []
    found = []
    # Playwright runs a loop of its own in this thread, which Django takes for one that must not ask the database.
    with _served() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for client, address in pages:
            context = browser.new_context(base_url=home, viewport={"width": 1280, "height": 900})
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])
            page = context.new_page()
            page.goto(address, wait_until="networkidle")
            page.evaluate(MOVE)
            page.locator("[data-reset]").click()
            taken = page.evaluate(MOVE)
            if taken["said"] != "under other weights":
                raise SystemExit("The weights moved and the page did not follow, so there is nothing to measure.")
            found.append(
                {
                    "work": statistics.median(taken["work"]),
                    "seen": statistics.median(taken["seen"]),
                    "worst": max(taken["seen"]),
                }
            )
            context.close()
        browser.close()
    return found
