"""The migrated cluster is used again only while everything that made it is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from devstack import template
from devstack.template import Template


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    for name, content in {
        "app/models.py": "one",
        "app/unused.py": "two",
        "app/migrations/0001.py": "three",
        "app/kinds.json": "[]",
        "deploy/roles.sql": "roles",
        "requirements.lock": "lock",
        "tests/test_it.py": "test",
        ".venv/lib/it.py": "library",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    monkeypatch.setattr(template, "ROOT", root)
    monkeypatch.setattr(template, "ROLES", root / "deploy" / "roles.sql")
    return root


@pytest.fixture
def kept(project: Path, tmp_path: Path) -> Template:
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("18")
    made = Template("postgres 18", tmp_path / "kept")
    made.keep(cluster, ["app/models.py", "app/migrations/0001.py"])
    return made


def test_it_is_restored_while_nothing_has_changed(kept: Template, tmp_path: Path) -> None:
    assert kept.restore(tmp_path / "restored") is True
    assert (tmp_path / "restored" / "PG_VERSION").read_text() == "18"


@pytest.mark.parametrize(
    "change",
    ["app/models.py", "app/migrations/0001.py", "app/migrations/0002.py", "app/new.py", "app/kinds.json",
     "deploy/roles.sql", "requirements.lock"],
)  # fmt: skip
def test_a_change_of_what_made_it_ends_it(kept: Template, project: Path, tmp_path: Path, change: str) -> None:
    (project / change).write_text("changed")
    assert kept.restore(tmp_path / "restored") is False
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("change", ["app/unused.py", "tests/test_it.py", "tests/test_new.py", ".venv/lib/it.py"])
def test_a_change_of_anything_else_does_not(kept: Template, project: Path, tmp_path: Path, change: str) -> None:
    (project / change).write_text("changed")
    assert kept.restore(tmp_path / "restored") is True


def test_another_server_does_not_get_it(kept: Template, tmp_path: Path) -> None:
    assert Template("postgres 19", kept.folder).restore(tmp_path / "restored") is False


def test_a_file_that_went_away_ends_it(kept: Template, project: Path, tmp_path: Path) -> None:
    (project / "app" / "unused.py").unlink()
    assert kept.restore(tmp_path / "restored") is False
