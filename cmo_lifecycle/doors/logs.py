"""What no log is told. Imported while logging is set up, so it imports nothing of the house."""

from __future__ import annotations

import logging
import re

#: The part of an address that opens a door by itself.
_SECRET = re.compile(r"(/portal/link/)[^/\s?]+")


def without_secrets(text: str) -> str:
    """Return a text for a log, secrets in addresses masked."""
    return _SECRET.sub(r"\1***", text)


class WithoutSecrets(logging.Filter):
    """Mask secrets in whatever is logged, whoever logs it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = without_secrets(said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True
