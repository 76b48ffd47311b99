"""Which files of a request its bidders receive."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from cmo_lifecycle.workflow import attachments
from evaluation.actions import rfps
from evaluation.portal.views.reading import documents_of
from tests.evaluation.conftest import PDF, past_deadline

pytestmark = pytest.mark.django_db


def test_what_is_attached_after_the_close_is_not_the_bidders(issued: Any, people: Any) -> None:
    attachments.attach(issued, ContentFile(PDF, name="scope.pdf"), actor=people.alice)
    assert [one.name for one in documents_of(issued)] == ["scope.pdf"]
    closed = rfps.close(past_deadline(issued), actor=people.alice)
    attachments.attach(closed, ContentFile(PDF + b"ours", name="scope.pdf"), actor=people.alice)
    attachments.attach(closed, ContentFile(PDF + b"2", name="notes-of-the-panel.pdf"), actor=people.alice)
    assert [(one.name, one.number) for one in documents_of(closed)] == [("scope.pdf", 1)]
