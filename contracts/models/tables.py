"""The tables of an agreement: who signs, typed terms, duties, what an amendment provides, and who answers for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Q

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow.parts import Part
from contracts import responsibility
from contracts.clauses.shapes import TERM_KINDS
from contracts.clauses.topics import TOPICS
from contracts.models.agreement import Agreement
from contracts.models.fields import LengthField
from contracts.terms import duties, typed
from contracts.terms.dates import PartialDate
from contracts.terms.periods import parse_length
from strategy.sums.errors import SumError


class Side(models.TextChoices):
    OURS = "ours", "Ours"
    THEIRS = "theirs", "Theirs"


TOPIC_CHOICES = [(topic.code, topic.name) for topic in TOPICS.values()]
TERM_KIND_CHOICES = [(kind, kind.capitalize()) for kind in TERM_KINDS]


def unique(name: str, sentence: str, *fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=list(fields), deferrable=Deferrable.DEFERRED, name=name, violation_error_message=sentence
    )


class Signatory(Part):
    """Who signs, in which capacity: a colleague of ours or a contact of the CMO."""

    class Capacity(models.TextChoices):
        COMMERCIAL = "commercial", "For the company"
        QUALITY = "quality", "For the quality unit"

    of = "agreement"
    columns = ("capacity", "colleague", "contact", "title")
    named_by = ("capacity", "colleague", "contact")
    most = 6

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatories")
    capacity = models.CharField(max_length=10, choices=Capacity, default=Capacity.COMMERCIAL)
    colleague = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="or contact of the CMO"
    )
    title = models.CharField("signs as", max_length=150, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(colleague__isnull=True, contact__isnull=False)
                | Q(colleague__isnull=False, contact__isnull=True),
                name="a_signatory_is_ours_or_theirs",
                violation_error_message="Name a colleague or a contact of the CMO, one of the two.",
            )
        ]

    def __str__(self) -> str:
        return str(self.colleague or self.contact)

    @property
    def side(self) -> str:
        return Side.OURS if self.colleague_id else Side.THEIRS

    @property
    def user(self) -> User | None:
        """The account that signs, None for a contact who cannot sign in."""
        return self.colleague if self.colleague is not None else self.contact.user if self.contact is not None else None

    @property
    def role(self) -> str:
        """The role in which the door takes the signature."""
        if self.contact_id:
            return "cmo_contact"
        return "quality" if self.capacity == self.Capacity.QUALITY else "executive"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors: dict[str, str] = {}
        seen: set[tuple[str, str]] = set()
        for place, row in enumerate(rows):
            if row.contact is not None and row.contact.cmo_id != record.cmo_id:
                errors[f"{place}.contact"] = f"{row.contact} is with another CMO."
            if row.colleague is not None and (row.colleague.is_external or not row.colleague.has_role(row.role)):
                needed = "quality" if row.capacity == cls.Capacity.QUALITY else "an executive"
                errors[f"{place}.colleague"] = f"Name a colleague who signs for us in this capacity: {needed}."
            if (row.side, row.capacity) in seen or (row.side == Side.THEIRS and any(s == row.side for s, _ in seen)):
                errors[f"{place}.capacity"] = "One person signs for each side and capacity."
            seen.add((row.side, row.capacity))
        if errors:
            raise ValidationError(errors)


class Term(Part):
    """A typed term: a number, a length, a ladder or a band with its unit, which others can reckon with."""

    of = "agreement"
    columns = ("code", "label", "topic", "kind", "unit", "value", "note")
    named_by = ("code",)
    most = 200

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="terms")
    code = models.SlugField(max_length=60, help_text="The same in every amendment, such as critical_event.")
    label = models.CharField("term", max_length=200)
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES, blank=True)
    kind = models.CharField(max_length=10, choices=TERM_KIND_CHOICES)
    unit = models.CharField(max_length=60)
    value = models.CharField(max_length=2000)
    note = models.CharField(max_length=1000, blank=True)

    class Meta(Part.Meta):
        constraints = [unique("each_term_once", "This term stands here twice.", "agreement", "code")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.kind not in TERM_KINDS:
            return
        if self.unit not in TERM_KINDS[self.kind]:
            raise ValidationError({"unit": f"Choose one of: {', '.join(TERM_KINDS[self.kind])}."})
        try:
            read = typed.read(self.kind, self.unit, self.value)
            # The text may name another unit of the kind: then that one counts.
            self.unit, self.value = read.unit, read.text
        except SumError as error:
            raise ValidationError({"value": str(error)}) from None

    @property
    def typed(self) -> typed.Typed:
        return typed.read(self.kind, self.unit, self.value)


class Provision(Part):
    """One thing that an amendment does: to a term of what it amends, or to an earlier amendment."""

    class Verb(models.TextChoices):
        SET = "set", "Adds"
        REPLACE = "replace", "Says anew"
        DELETE = "delete", "Strikes"
        CHANGE = "change", "Changes an earlier amendment"
        WITHDRAW = "withdraw", "Withdraws an earlier amendment"
        LAPSE = "lapse", "Moves the end of an earlier amendment"

    of = "agreement"
    columns = ("verb", "path", "label", "kind", "unit", "value", "about", "lapses_on")
    named_by = ("verb", "path", "about")
    most = 200

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="provisions")
    verb = models.CharField("does", max_length=8, choices=Verb, default=Verb.REPLACE)
    path = models.CharField(
        "term", max_length=80, blank=True, help_text="The code of the term, or of the head: value, expires_on …"
    )
    label = models.CharField("its name, where it is new", max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=TERM_KIND_CHOICES, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=2000, blank=True)
    about = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="of which earlier amendment",
    )  # fmt: skip
    lapses_on = models.DateField("lapses after", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.path}".strip()  # type: ignore[attr-defined]

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        from contracts.effective import problems_of_provisions

        if record.kind != Agreement.Kind.AMENDMENT:
            if rows:
                raise ValidationError("Only an amendment has provisions; write the terms themselves here.")
            return
        errors = problems_of_provisions(record, rows)
        if errors:
            raise ValidationError(errors)


class Duty(Part):
    """What one side has promised to do, and the rule by which it falls due."""

    class Rule(models.TextChoices):
        ONCE = "once", "Once, on a day"
        RELATIVE = "relative", "Once, counted from a day of the agreement"
        RECURRING = "recurring", "Again and again"
        ON_EVENT = "on_event", "Within a clock after an event"

    class Anchor(models.TextChoices):
        START = "start", "Effective day"
        END = "end", "End"
        NOTICE = "notice", "Last day for notice"
        SIGNATURE = "signature", "Signature"

    #: How the sums and their sentences call the days that a duty is counted from.
    ANCHORS: ClassVar[dict[str, str]] = {
        Anchor.START: "effective day",
        Anchor.END: "end",
        Anchor.NOTICE: "last day for notice",
        Anchor.SIGNATURE: "signature",
    }
    #: What ends a duty that recurs.
    LAST_DAY: ClassVar[str] = "last day of the agreement"

    of = "agreement"
    columns = (
        "text", "side", "owner", "topic", "rule", "on", "anchor", "offset", "before", "every", "until", "clock",
        "evidence",
    )  # fmt: skip
    named_by = ("text",)
    most = 200

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="duties")
    text = models.CharField("what is owed", max_length=500)
    side = models.CharField("by", max_length=6, choices=Side, default=Side.OURS)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="colleague who sees to it", help_text="Of what they owe: who asks for it.",
    )  # fmt: skip
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES, blank=True)
    rule = models.CharField("falls due", max_length=10, choices=Rule, default=Rule.ONCE)
    on = models.DateField("on", null=True, blank=True)
    anchor = models.CharField("counted from", max_length=10, choices=Anchor, blank=True)
    offset = LengthField("so long", help_text="Such as “30 days”.")
    before = models.BooleanField("before it", default=False)
    every = LengthField("every", help_text="Such as “3 months”.")
    until = models.DateField("until", null=True, blank=True)
    clock = LengthField("within", help_text="Such as “24 hours” or “3 business days”.")
    evidence = models.CharField("what shows that it is done", max_length=500, blank=True)

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        asked = {
            self.Rule.ONCE: ("on",),
            self.Rule.RELATIVE: ("anchor", "offset"),
            self.Rule.RECURRING: ("anchor", "every"),
            self.Rule.ON_EVENT: ("clock",),
        }.get(self.rule, ())  # type: ignore[call-overload]
        missing = {name: "This rule needs it." for name in asked if not getattr(self, name)}
        if not missing and self.rule == self.Rule.RECURRING and (self.offset or self.before):
            missing["offset"] = "What recurs is counted from the day itself: leave this empty."
        if missing:
            raise ValidationError(missing)
        try:
            assert self.due is not None
        except SumError as error:
            fields = {"length": "offset", "last": "until", "event": "text"}
            raise ValidationError({fields.get(error.field, error.field): str(error)}) from None

    @property
    def due(self) -> duties.Duty:
        """The rule as the sums take it; its days are named as in `ANCHORS`. SumError where it says what cannot be."""
        if self.rule == self.Rule.ONCE:
            return duties.Once(PartialDate.of(self.on))  # type: ignore[arg-type]
        if self.rule == self.Rule.RELATIVE:
            return duties.Counted(self.ANCHORS[self.anchor], parse_length(self.offset), back=self.before)
        if self.rule == self.Rule.RECURRING:
            last = PartialDate.of(self.until) if self.until is not None else self.LAST_DAY
            return duties.Recurring(self.ANCHORS[self.anchor], parse_length(self.every), last)
        return duties.Within("event", parse_length(self.clock))


class Responsibility(Part):
    """One row of the responsibility matrix: who does, who answers, who is asked and who is told."""

    class Letter(models.TextChoices):
        RESPONSIBLE = "R", "R"
        ACCOUNTABLE = "A", "A"
        BOTH = "AR", "A and R"
        CONSULTED = "C", "C"
        INFORMED = "I", "I"

    of = "agreement"
    columns = ("activity", *(f"{code}" for code in responsibility.PARTIES), "note")
    named_by = ("activity",)
    most = 80

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="responsibilities")
    activity = models.CharField(max_length=40, choices=[(one.code, one.name) for one in responsibility.ACTIVITIES])
    sponsor_quality = models.CharField("our quality unit", max_length=2, choices=Letter, blank=True)
    sponsor_technical = models.CharField("our technical operations", max_length=2, choices=Letter, blank=True)
    sponsor_supply = models.CharField("our supply chain", max_length=2, choices=Letter, blank=True)
    sponsor_regulatory = models.CharField("our regulatory affairs", max_length=2, choices=Letter, blank=True)
    cmo_quality = models.CharField("CMO quality unit", max_length=2, choices=Letter, blank=True)
    cmo_production = models.CharField("CMO production", max_length=2, choices=Letter, blank=True)
    cmo_laboratory = models.CharField("CMO laboratory", max_length=2, choices=Letter, blank=True)
    cmo_supply = models.CharField("CMO supply chain", max_length=2, choices=Letter, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        constraints = [
            unique("each_activity_once", "This activity stands here twice.", "agreement", "activity"),
        ]

    def __str__(self) -> str:
        return self.get_activity_display()  # type: ignore[attr-defined,no-any-return]
