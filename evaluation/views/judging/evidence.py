"""What bidders answered, beside what it is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType

from cmo_lifecycle.workflow.models import Attachment
from evaluation.asking import questions_of
from evaluation.library.questions import Question, missing, shown
from evaluation.models import Answer, Opening


@dataclass
class Evidence:
    """One question with what the bidder answered: text or files; `is_missing` where it said nothing."""

    question: Question
    text: str = ""
    files: list[Any] = field(default_factory=list)
    #: The answer as it was handed in.
    raw: Any = None

    @property
    def is_missing(self) -> bool:
        return not self.text and not self.files


@dataclass
class Opened:
    """The opened envelopes of several proposals: answers and files by proposal and question, in three queries."""

    proposals: Sequence[Any]
    questions: Sequence[Question]
    answers: Mapping[tuple[Any, str], Any] = field(default_factory=dict)
    files: Mapping[tuple[Any, str], list[Any]] = field(default_factory=dict)
    openings: list[Any] = field(default_factory=list)

    def of(self, proposal: Any, question: Question) -> Evidence:
        value = self.answers.get((proposal.pk, question.code))
        files = self.files.get((proposal.pk, question.code), [])
        text = "" if question.kind == "file" and files else shown(question, value)
        return Evidence(question, text, files, value)

    def envelopes(self, proposal: Any) -> set[str]:
        """The kinds of envelope of a proposal that are open."""
        return {one.kind for one in self.openings if one.proposal_id == proposal.pk}

    def asked(self, proposal: Any) -> list[Question]:
        """The questions of those envelopes of a proposal that are open."""
        kinds = self.envelopes(proposal)
        return [one for one in self.questions if one.envelope in kinds]

    def unanswered(self, proposal: Any) -> list[Question]:
        """The mandatory questions that the opened envelopes of a proposal leave unanswered."""
        return [one for one in self.asked(proposal) if one.mandatory and self.of(proposal, one).is_missing]


def opened(rfp: Any, proposals: Iterable[Any], user: Any, codes: Iterable[str] | None = None) -> Opened:
    """Return what the person may read of the opened envelopes of proposals; of some questions alone where named."""
    rows = list(proposals)
    questions = questions_of(rfp)
    if codes is not None:
        wanted = set(codes)
        questions = [one for one in questions if one.code in wanted]
    found = Answer.objects.visible_to(user).filter(proposal__in=rows, question__in=[one.code for one in questions])
    answers = {
        (proposal, code): value
        for proposal, code, value in found.order_by().values_list("proposal_id", "question", "value")
        if not missing(value)
    }
    openings = list(Opening.objects.visible_to(user).filter(proposal__in=rows).order_by("proposal", "-kind"))
    files: dict[tuple[Any, str], list[Any]] = {}
    kept: dict[tuple[Any, str], Any] = {}
    if any(one.files for one in openings):
        kind = ContentType.objects.get_for_model(Opening)
        attached = Attachment.objects.filter(record_type=kind, record_id__in=[one.pk for one in openings])
        for file in attached.order_by("name", "number"):
            kept[file.record_id, file.name] = file
    for one in openings:
        for code, names in one.files.items():
            there = [kept[one.pk, name] for name in names if (one.pk, name) in kept]
            files.setdefault((one.proposal_id, code), []).extend(there)
    return Opened(rows, questions, answers, files, openings)
