"""Every way in which the door says no. Each is a sentence for the one who asked."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The change was refused and nothing was written."""

    code = "refused"
    status = 409

    def __init__(self, *sentences: str, **details: Any) -> None:
        self.sentences = [str(sentence) for sentence in sentences]
        self.details = details
        super().__init__(" ".join(self.sentences))


class Refused(Refusal):
    """What was asked cannot be done as things stand: a gate, a duty or a rule says no."""


class NotFromHere(Refusal):
    """The record is not in a state from which this can be done."""

    code = "wrong_state"


class NotPermitted(Refusal):
    """The person's roles do not allow this."""

    code = "not_permitted"
    status = 403


class NotSigned(Refusal):
    """The signature's e-mail or password is missing or wrong. `field` names which."""

    code = "signature_refused"
    status = 403

    def __init__(self, sentence: str, field: str = "password") -> None:
        super().__init__(sentence, field=field)
        self.field = field


class Stale(Refusal):
    """Somebody else changed the record since it was read. `changes` says who changed what."""

    code = "stale"
    status = 412

    def __init__(self, sentence: str, *, version: int, changes: list[dict[str, Any]]) -> None:
        super().__init__(sentence, version=version, changes=changes)
        self.version = version
        self.changes = changes


class InvalidInput(Refusal):
    """Values that cannot be taken. `errors` maps a field to its sentences."""

    code = "invalid"
    status = 400

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(*(sentence for sentences in errors.values() for sentence in sentences))
