"""Contracts whose clauses people have labelled: their texts, the places of their labels, and what those say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.clauses.coverage import MISSING, PRESENT, Judgement
from contracts.clauses.topics import BY_CATEGORY

#: A contract as it is published: `id`, `text` and `labels` by category.
Labelled = dict[str, Any]


def labelled(folder: Path) -> list[Labelled]:
    """Return the labelled contracts of the folder that holds `dev_manifest.json`, in order of their names.

    Raises FileNotFoundError where the manifest or a contract that it names is not there.
    """
    named = json.loads((folder / "dev_manifest.json").read_text(encoding="utf-8"))
    paths = sorted(folder / "cuad" / f"{one['id']}.json" for one in named)
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def places(label: Mapping[str, Any]) -> list[list[tuple[int, int]]]:
    """Return the labelled passages of a category; one that leaves text out has several places."""
    return [[(at["start"], at["end"]) for at in span["at"]] for span in label["spans"]]


def judgements(contract: Labelled) -> dict[str, Judgement]:
    """Return what the labels say of each topic that has a category: present at its first place, or missing."""
    said = {}
    for category, topic in BY_CATEGORY.items():
        label = contract["labels"][category]
        if not label["present"]:
            said[topic.code] = Judgement(MISSING)
            continue
        found = [place for passage in places(label) for place in passage]
        start, end = min(found) if found else (None, None)
        text = contract["text"][start:end] if found else str(label.get("answer") or "")
        said[topic.code] = Judgement(PRESENT, text, start, end)
    return said
