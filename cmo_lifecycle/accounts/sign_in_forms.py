"""The sign-in library's forms, in the words of this house."""

from __future__ import annotations

from typing import Any

from allauth.account import forms

WORDS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
}


class _InOurWords:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = WORDS.get(name, field.label)
            # The label stands above the field; the same words inside it would be read out twice.
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_InOurWords, forms.LoginForm):
    pass


class ChangePasswordForm(_InOurWords, forms.ChangePasswordForm):
    pass


class ResetPasswordForm(_InOurWords, forms.ResetPasswordForm):
    pass


class ChoosePasswordForm(_InOurWords, forms.ResetPasswordKeyForm):
    pass
