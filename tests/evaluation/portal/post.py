"""The bidder's post: what was mailed, and the secrets that only there stand."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

from django.core import mail
from django.test import Client

from evaluation import mails, tasks
from evaluation.actions import links
from evaluation.models import BidderMail

_TOKEN = re.compile(r"/portal/link/([^/\s]+)/")
_CODE = re.compile(r"^(\d{8})$", re.MULTILINE)


def token_in(message: Any) -> str:
    found = _TOKEN.search(message.body)
    assert found is not None, message.body
    return found[1]


def code_in(message: Any) -> str:
    found = _CODE.search(message.body)
    assert found is not None, message.body
    return found[1]


def new_token(proposal: Any, sender: Any) -> str:
    """Have a link sent, and return its secret as the contact reads it in the mail."""
    link = links.make_link(proposal, actor=sender)
    mails.deliver(BidderMail.objects.get(kind="link", about=str(link.pk)).pk)
    assert mail.outbox[-1].to == [proposal.contact.email]
    return token_in(mail.outbox[-1])


def at_once(task: Any) -> Any:
    """Let a task be done where it is asked for, as a worker would, but now."""
    return mock.patch.object(task, "apply_async", lambda keys, **options: task(*keys))


def new_code(client: Client) -> str:
    """Have a code sent for the link that this browser followed, and return it as it stands in the mail."""
    with at_once(tasks.send_code):
        assert client.post("/portal/code/", {"do": "send"}).status_code == 302
    return code_in(mail.outbox[-1])


def come_in(client: Client, token: str) -> Any:
    """Follow a link and give its code; return the last answer."""
    answer = client.get(f"/portal/link/{token}/")
    if answer.headers.get("Location") != "/portal/code/":
        return answer
    return client.post("/portal/code/", {"code": new_code(client)})


def walk_in(page: Any, token: str) -> None:
    """Follow a link in a real browser, have the code sent, and type it as it stands in the mail."""
    page.goto(f"/portal/link/{token}/")
    assert token not in page.url
    with at_once(tasks.send_code), page.expect_navigation():
        page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code from the mail").fill(code_in(mail.outbox[-1]))
    with page.expect_navigation():
        page.get_by_role("button", name="Go on").click()
