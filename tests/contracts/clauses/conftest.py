"""The labelled contracts, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def contracts_folder() -> Path:
    """Return the folder of the labelled contracts, or skip and say where it should be."""
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "contracts"
    if not (folder / "dev_manifest.json").is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    return folder
