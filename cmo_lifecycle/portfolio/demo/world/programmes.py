"""The programmes of the demonstration, and who works on them."""

from __future__ import annotations

from typing import Any

PROGRAMMES: tuple[dict[str, Any], ...] = (
    {
        "name": "VX-12",
        "kind": "product",
        "modality": "biologic",
        "phase": "phase_3",
        "description": "Monoclonal antibody for severe asthma: drug substance, aseptic filling, testing and packaging.",
        "members": ("alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin"),
    },
    {
        "name": "VX-31",
        "kind": "product",
        "modality": "small_molecule",
        "phase": "commercial",
        "description": "Once-daily tablet, on the market since 2022: active ingredient, tablets and blisters.",
        "members": ("alice", "priya", "quinn", "farid", "lena", "sven", "erin", "bob"),
    },
    {
        "name": "VX-7",
        "kind": "product",
        "modality": "biologic",
        "phase": "commercial",
        "description": "Enzyme for a rare disease of some hundred patients, bought in with its licence: one train makes it.",
        "members": ("alice", "priya", "tom", "quinn", "lena", "erin"),
    },
    {
        "name": "VX-44",
        "kind": "product",
        "modality": "small_molecule",
        "phase": "phase_1",
        "description": "Capsules for two early trials.",
        "members": ("alice", "priya", "tom", "quinn", "sven", "erin"),
    },
    {
        "name": "QR-7",
        "kind": "product",
        "modality": "cell_gene",
        "phase": "phase_1",
        "description": "Autologous cell therapy in its first trial.",
        "members": ("mallory", "bob"),
    },
)
