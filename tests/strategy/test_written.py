from __future__ import annotations

from typing import Any

from strategy.findings import findings


def test_the_written_strategy_lacks_nothing_but_decisions(written: Any) -> None:
    assert written.state == "draft"
    assert [finding.field for finding in findings(written)] == ["consequences"]
    assert written.consequences.count() > 10
