from __future__ import annotations

from tests.api.conftest import service, token_of

__all__ = ["service", "token_of"]
