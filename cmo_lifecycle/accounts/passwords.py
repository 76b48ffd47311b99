"""One more rule for passwords."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


class NotTheCurrentOne:
    """A changed password is another one."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and user.pk and user.has_usable_password() and user.check_password(password):
            raise ValidationError(self.get_help_text(), code="password_not_changed")

    def get_help_text(self) -> str:
        return "Your password must differ from the one before."
