"""What the house promises about its own code and the import contracts cannot say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("cmo_lifecycle", "operations", "contracts", "evaluation", "strategy", "devstack", "bench")
MOST_LINES = 400
#: Files that are longer, until they become packages by noun. None is added, and whoever splits one strikes it out.
TOO_LONG = {
    "cmo_lifecycle/doors/rest/kinds.py", "cmo_lifecycle/doors/rest/listing.py", "cmo_lifecycle/doors/rest/schema.py",
    "cmo_lifecycle/doors/templatetags/ui.py", "cmo_lifecycle/workflow/transitions.py", "static/css/app.css",
}  # fmt: skip
#: Nouns that only a programme's people see.
BOUND = {
    "Programme",
    "Relationship",
    "TierAssessment",
    "Delivery",
    "Review",
    "DeliveryImport",
    "Strategy",
    "Consequence",
    "Candidate",
    "Rfp",
    "Proposal",
    "Answer",
    "Price",
    "Opening",
    "Evaluator",
    "ScoreSheet",
    "Appraisal",
    "Diligence",
    "Award",
    "Agreement",
    "ContractDocument",
    "Clause",
    "Waiver",
    "NegotiationPoint",
    "Obligation",
    "AgreementEvent",
    "Subcontractor",
    "Exercise",
    "SplitAnswer",
    "Framework",
    "Transfer",
    "TransferGate",
}
#: Where a door asks without a person: of a record that it has found by who may see it, and for a mere number.
ASKED_WITHOUT_A_PERSON = {
    "operations/views/relationship.py Review.objects.filter",
    "operations/views/relationship.py Review.objects.only",
    "operations/views/policies.py Review.objects.filter",
    "operations/views/joint/relationship.py TransferGate.objects.filter",
    "evaluation/api/proposals.py Award.objects.all",
    "evaluation/api/rfps.py Evaluator.objects.select_related",
    "evaluation/api/rfps.py Proposal.objects.select_related",
    "evaluation/views/requesting/exchange.py Proposal.objects.filter",
    "evaluation/views/requesting/rfps.py Evaluator.objects.select_related",
    "evaluation/views/requesting/rfps.py Proposal.objects.select_related",
    "evaluation/views/requesting/writer.py Consequence.objects.binding",
    "evaluation/views/scouting/must_haves.py Consequence.objects.binding",
    "evaluation/views/scouting/must_haves.py Consequence.objects.filter",
}


def sources(*endings: str, under: tuple[str, ...] = PACKAGES) -> Iterator[tuple[str, str]]:
    """Yield path and text of our own files."""
    for folder in under:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and not {"migrations", "__pycache__", "node_modules"} & set(path.parts):
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def doors() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules that answer requests: pages and REST."""
    for name, text in sources(".py"):
        parts = name.split("/")
        if {"views", "api", "doors"} & set(parts) or parts[-1] in ("views.py", "api.py"):
            yield name, ast.parse(text)


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    found = {
        name
        for name, text in sources(".py", ".js", ".css", ".html", under=(*PACKAGES, "static", "templates"))
        if text.count("\n") > MOST_LINES
    }
    assert found == TOO_LONG


def test_only_a_transition_changes_a_state() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in doors()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert found == []


def without_a_person(tree: ast.Module) -> Iterator[str]:
    """Yield each way to rows of a programme's noun that does not begin with who may see them."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr != "visible_to"
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in ("objects", "_default_manager")
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id in BOUND
        ):
            yield f"{node.value.value.id}.{node.value.attr}.{node.attr}"


def test_a_door_reaches_rows_of_a_programme_by_who_may_see_them() -> None:
    found = {f"{name} {way}" for name, tree in doors() for way in without_a_person(tree)}
    assert found == ASKED_WITHOUT_A_PERSON
    assert [*without_a_person(ast.parse("Review.objects.filter(pk=1); CMO.objects.all()"))] == ["Review.objects.filter"]
    assert not [*without_a_person(ast.parse("Review.objects.visible_to(user).filter(pk=1)"))]


def test_every_step_says_in_one_sentence_what_it_does() -> None:
    from cmo_lifecycle.workflow.transitions import all_nouns, transitions_of

    found = {
        f"{noun.__name__}.{verb.verb}": verb.help
        for noun in all_nouns()
        for verb in transitions_of(noun).values()
        if not re.fullmatch(r"[A-Z][a-z]+ [^.]+[.]", verb.help) or len(verb.help) > 120
    }
    assert found == {}


#: The only modules that call a text of theirs safe: they escape each part of it.
SAFE = {
    "cmo_lifecycle/doors/fields.py", "cmo_lifecycle/doors/format.py", "cmo_lifecycle/doors/icons.py",
    "cmo_lifecycle/doors/pages/tables.py", "cmo_lifecycle/doors/rows.py", "cmo_lifecycle/doors/svg.py", "cmo_lifecycle/doors/templatetags/ui.py",
    "evaluation/bars.py", "operations/drawing.py", "strategy/drawing.py", "evaluation/drawing.py",
    "evaluation/views/judging/cells.py", "contracts/views/clauses/coverage.py", "contracts/searching.py",
}  # fmt: skip


def test_few_modules_write_html_themselves() -> None:
    found = {name for name, text in sources(".py") if re.search(r"\bmark_safe\(|\bSafeString\(", text)}
    assert found <= SAFE


@pytest.mark.parametrize(
    "what",
    [
        # The sign-in library draws the code that is scanned, from a secret of its own.
        r"(?<!totp_svg)\|safe\b|autoescape off|safeseq",
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
        r"<style|\sstyle=",
        r"\son[a-z]+=\"",
        r"(?:src|href)=\"(?:https?:)?//",
        r"javascript:",
    ],
    ids=["unescaped", "inline script", "inline style", "inline handler", "another host", "javascript address"],
)
def test_no_template_does_what_the_content_policy_forbids(what: str) -> None:
    found = [
        f"{name}: {match.group(0)}"
        for name, text in sources(".html", under=("templates",))
        for match in re.finditer(what, text)
    ]
    assert found == []


def test_no_script_asks_by_a_window_of_the_browser_or_writes_html() -> None:
    found = [
        f"{name}: {match.group(0)}"
        for name, text in sources(".js", under=("static/js",))
        for match in re.finditer(
            r"\b(?:confirm|alert|prompt|eval)\(|innerHTML\s*=|insertAdjacentHTML|document\.write", text
        )
    ]
    assert found == []


def test_nothing_is_left_for_later_and_no_path_of_one_machine_is_written_down() -> None:
    names = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X:", "/wo" + "rk/main", "/tmp/bri" + "ef", r"/home/\w+/"))
    under = (*PACKAGES, "templates", "static/js", "static/css", "docs", "deploy", "tests")
    found = [
        f"{name}: {match.group(0)}"
        for name, text in sources(".py", ".html", ".js", ".css", ".md", ".sql", under=under)
        for match in re.finditer(names, text)
    ]
    assert found == []
