"""When rules fire: readers of a snapshot that return the answers they found, nothing where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from strategy.rules.shapes import Ask, Because, Rule
from strategy.snapshot import Answer, Snapshot, Weighted
from strategy.sums.numbers import plain

When = Callable[[Snapshot], tuple[Because, ...]]

ARTICLE = "Applebaum 2006, practice 1"
EVALUATION = "Applebaum 2006, practice 2"
PROCESSES = "Applebaum 2006, practice 3"
OVERSIGHT = "Practice 4, inferred from the same author's later writing"
MEASURES = "Practice 5, inferred from the same author's later writing"
FLEXIBILITY = "Applebaum 2006, practice 6"
RE_EVALUATION = "Applebaum 2006, practice 7"
DEFAULT = "Domain default"

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

#: The four questions: the field of the snapshot, the source of its `Because`, its label, and its choices.
QUESTIONS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "core": (
        "core_competency",
        "Core competency",
        {"core": "A core competency", "adjacent": "Next to the core", "not_core": "Not a core competency"},
    ),
    "sourcing_intent": (
        "sourcing_intent",
        "Sourcing intent",
        {
            "stay_outsourced": "Stay outsourced",
            "in_house_later": "Bring in-house",
            "in_house_backup": "Already in-house as back-up",
        },
    ),
    "alternates": (
        "alternates",
        "Alternate sources",
        {"sole": "Sole source", "single": "Single source", "dual": "Dual source", "multi": "Several sources"},
    ),
    "duration": ("duration", "Duration", {"short_term": "Short-term", "long_term": "Long-term"}),
}

MODALITIES: Mapping[str, str] = {
    "small_molecule": "Small molecule",
    "biologic": "Biologic",
    "cell_gene": "Cell and gene therapy",
    "vaccine": "Vaccine",
    "oligonucleotide": "Oligonucleotide or peptide",
    "diagnostic": "Diagnostic",
    "device": "Device or combination product",
    "other": "Other",
}

PHASES: Mapping[str, str] = {
    "preclinical": "Preclinical",
    "phase_1": "Phase 1",
    "phase_2": "Phase 2",
    "phase_3": "Phase 3",
    "registration": "Registration",
    "commercial": "Commercial",
}

SEGMENTS: Mapping[str, str] = {
    "strategic": "Strategic",
    "bottleneck": "Bottleneck",
    "leverage": "Leverage",
    "routine": "Routine",
}


def day(when: date) -> str:
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def grouped(value: Decimal) -> str:
    """Return a decimal as people read it, with its thousands apart."""
    whole, point, rest = plain(value).partition(".")
    return f"{int(whole):,}{point}{rest}"


def words(answer: Answer, labels: Mapping[str, str], joint: str = "by") -> str:
    label = labels.get(answer.choice, answer.choice)
    return f"{label} {joint} {day(answer.by)}" if answer.by else label


def answered(snapshot: Snapshot, field: str) -> Because:
    """Return an answer to one of the four questions as a cause, whatever it is."""
    source, label, choices = QUESTIONS[field]
    return Because(source, label, words(getattr(snapshot, field), choices, "until" if field == "duration" else "by"))


def answer(field: str, *choices: str) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        return (answered(snapshot, field),) if getattr(snapshot, field).choice in choices else ()

    return when


def modality(*codes: str) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        if snapshot.modality not in codes:
            return ()
        return (Because("modality", "Modality", MODALITIES[snapshot.modality]),)

    return when


def phase(*codes: str) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        return (Because("phase", "Phase", PHASES[snapshot.phase]),) if snapshot.phase in codes else ()

    return when


def tier_cause(snapshot: Snapshot) -> Because:
    return Because("tier", "Risk tier", f"Tier {snapshot.tier}")


def tier(*tiers: int) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        return (tier_cause(snapshot),) if snapshot.tier in tiers else ()

    return when


def segment_cause(snapshot: Snapshot) -> Because:
    return Because("segment", "Segment", SEGMENTS.get(snapshot.segment, snapshot.segment))


def segment(code: str) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        return (segment_cause(snapshot),) if snapshot.segment == code else ()

    return when


def weighted(attribute: Weighted) -> Because:
    value = f"{plain(attribute.weight)} % of the weight" + (", must-have" if attribute.must_have else "")
    return Because(f"attribute:{attribute.code}", attribute.name or attribute.code, value)


def attributes(snapshot: Snapshot) -> list[Weighted]:
    """Return the attributes, heaviest first; the order in which they were entered says nothing."""
    return sorted(snapshot.attributes.values(), key=lambda a: (-a.weight, a.code))


def all_of(*whens: When) -> When:
    """Fire where every one of them does, with the causes of all."""

    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        found = [each(snapshot) for each in whens]
        return tuple(because for causes in found for because in causes) if all(found) else ()

    return when


def fixed(*asks: Ask | Iterable[Ask]) -> Callable[[Snapshot], tuple[Ask, ...]]:
    """Give the same whatever the snapshot says besides."""
    flat = tuple(ask for item in asks for ask in ((item,) if isinstance(item, Ask) else item))
    return lambda snapshot: flat


def rule(id: str, title: str, reason: str, source: str, when: When, *asks: Ask | Iterable[Ask]) -> Rule:
    """Return a rule of version 1 that gives what it is handed."""
    return Rule(id, title, reason, source, when, fixed(*asks))
