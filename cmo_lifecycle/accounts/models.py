from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from knox.models import AbstractAuthToken
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.roles import BY_CODE, label

#: Addresses of built-in accounts end so; an administrator's service accounts never do.
BUILT_IN = "@built-in.invalid"


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person who signs in by e-mail; without a password the account cannot sign in yet."""
        if not email:
            raise ValueError("Give the e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make the first administrator of an installation."""
        from django.contrib.auth.models import Group

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.groups.add(Group.objects.get(name="administrator"))
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def service(self, code: str) -> User:
        """Return the built-in account that scheduled work is done as, made at first use. It holds no token."""
        from cmo_lifecycle.audit.actor import acting

        email = f"{code}{BUILT_IN}"
        found = self.filter(email=email).first()
        if found is None:
            with acting("system:setup"):
                found, _ = self.get_or_create(
                    email=email,
                    defaults={"name": f"{code.replace('_', ' ').capitalize()} (service)", "is_service": True},
                )
        return found

    def visible_to(self, user: User) -> models.QuerySet[User]:
        """Colleagues see each other; a CMO contact sees nobody but themselves."""
        if not user.is_active:
            return self.none()
        if user.is_external:
            return self.filter(pk=user.pk)
        return self.all()


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or a service account (`is_service`), which never signs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail", max_length=254)
    name = models.CharField("full name", max_length=150)
    job_title = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField(default=False)
    is_service = models.BooleanField("service account", default=False)
    identity_verified = models.BooleanField(default=False)
    statement_version = models.CharField("accountability statement accepted", max_length=20, blank=True)
    statement_accepted_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    single_key_shortcuts = models.BooleanField("single-key shortcuts", default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message="There is an account with this e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.pk])

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        if raw_password is not None:
            self.password_changed_at = timezone.now()

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_built_in(self) -> bool:
        """True for the accounts that the product's own schedule works as: bound by no role, held by nobody."""
        return self.is_service and self.email.endswith(BUILT_IN)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of the roles this person holds."""
        return frozenset(self.groups.filter(name__in=BY_CODE).values_list("name", flat=True))

    def has_role(self, *codes: str) -> bool:
        return not self.roles.isdisjoint(codes)

    @property
    def role_labels(self) -> list[str]:
        return [role.label for code, role in BY_CODE.items() if code in self.roles]

    @property
    def reads_everything(self) -> bool:
        return any(BY_CODE[code].reads_everything for code in self.roles)

    @property
    def is_external(self) -> bool:
        """True for somebody at a CMO, and for an account with no role at all: they see nothing internal."""
        return not any(not BY_CODE[code].is_external for code in self.roles) and not self.is_service

    @property
    def has_accepted_statement(self) -> bool:
        return self.statement_version == settings.ACCOUNTABILITY_STATEMENT_VERSION

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper() or "?"


class ApiToken(AbstractAuthToken):
    """A service account's token: kept as a hash, scoped, expiring, shown once."""

    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    scopes = models.JSONField(
        default=list,
        help_text="What it may do: `read`, or a route and an action such as `deliveries:write`; `write` is all of it.",
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"

    def allows(self, route: str, action: str) -> bool:
        """Tell whether the scopes cover `action` (`read` or `write`) on an API route."""
        return bool({action, f"{route}:{action}"} & set(self.scopes)) or (
            action == "read" and bool({"write", f"{route}:write"} & set(self.scopes))
        )


class AccountEvent(models.Model):
    """Something that happened to an account: a sign-in, a failed one, a role granted, a token revoked.

    `person` is whose account; `by` who did it, nobody where it was somebody not signed in.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "added the account"
        EDITED = "edited", "changed the account"
        INVITED = "invited", "sent the link to choose a password"
        IDENTITY_VERIFIED = "identity_verified", "verified the identity"
        ROLE_GRANTED = "role_granted", "granted a role"
        ROLE_WITHDRAWN = "role_withdrawn", "withdrew a role"
        DEACTIVATED = "deactivated", "deactivated the account"
        REACTIVATED = "reactivated", "reactivated the account"
        TOKEN_CREATED = "token_created", "created an API token"
        TOKEN_REVOKED = "token_revoked", "revoked an API token"
        SESSIONS_ENDED = "sessions_ended", "ended all sessions"
        STATEMENT_ACCEPTED = "statement_accepted", "accepted the accountability statement"
        SIGNED_IN = "signed_in", "signed in"
        SIGN_IN_FAILED = "sign_in_failed", "failed to sign in"
        SIGNED_OUT = "signed_out", "signed out"
        SESSION_ENDED = "session_ended", "was signed out"
        PASSWORD_CHANGED = "password_changed", "changed the password"
        PASSWORD_RESET = "password_reset", "chose a new password by the link"
        FACTOR_ADDED = "factor_added", "added a second factor"
        FACTOR_REMOVED = "factor_removed", "removed a second factor"
        FACTOR_RESET = "factor_reset", "renewed the recovery codes"
        SIGNATURE_REFUSED = "signature_refused", "failed to sign"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=24, choices=Kind)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_events", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at"], name="account_event_of_person")]

    def __str__(self) -> str:
        return f"{self.by or 'Somebody'} {self.get_kind_display()}"


def role_choices() -> list[tuple[str, str]]:
    return [(code, label(code)) for code in BY_CODE]
