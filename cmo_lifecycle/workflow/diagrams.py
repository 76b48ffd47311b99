"""State diagrams, drawn from the declarations of the verbs."""

from __future__ import annotations

from cmo_lifecycle.accounts import roles
from cmo_lifecycle.workflow.models import Record
from cmo_lifecycle.workflow.transitions import Transition, all_nouns, transitions_of

HEAD = """# States

Each diagram and table is drawn by `python3 manage.py draw_states` from the verbs that the code declares; a test fails
when this page and the code differ.
"""


def _who(verb: Transition) -> str:
    labels = [roles.label(code) for code in verb.asked_roles]
    if verb.by_clock:
        labels.append("the schedule")
    if not labels:
        return "follows from another step"
    if verb.among is not None:
        return f"those whom the record asks among {', '.join(labels)}; each of them"
    return (" and ".join(labels) + ", each") if len(verb.approvers) > 1 else ", ".join(labels)


def mermaid(noun: type[Record]) -> str:
    """Return the noun's states and verbs as a Mermaid state diagram."""
    first = noun._meta.get_field("state").default  # type: ignore[misc]
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {value}: {label}" for value, label in noun.State.choices]  # type: ignore[attr-defined]
    for verb in transitions_of(noun).values():
        for source in verb.sources:
            lines.append(f"    {source} --> {verb.target or source}: {verb.label.lower()}")
    return "\n".join(lines)


def _table(noun: type[Record]) -> str:
    lines = ["| step | who | signed as | reason | what it does |", "|---|---|---|---|---|"]
    for verb in transitions_of(noun).values():
        signed = f"“{verb.meaning}”" if verb.meaning else ""
        lines.append(
            f"| {verb.label} | {_who(verb)} | {signed} | {'asked' if verb.reason_required else ''} | {verb.help} |"
        )
    return "\n".join(lines)


def page() -> str:
    """Return the whole page, every noun with verbs in alphabetical order."""
    parts = [HEAD]
    for noun in sorted(all_nouns(), key=lambda model: str(model._meta.verbose_name).lower()):
        name = str(noun._meta.verbose_name)
        parts.append(f"## {name[:1].upper()}{name[1:]}\n\n```mermaid\n{mermaid(noun)}\n```\n\n{_table(noun)}\n")
    return "\n".join(parts)
