"""Which tables the trail covers, and why the few others are left out.

Every table is covered unless it stands here with its reason; a new model is covered by existing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps

EXEMPT: dict[str, str] = {
    "audit.AuditEntry": "the trail itself; append-only by grant and trigger",
    "audit.AuditSeal": "the trail's seals; written by the sealing function alone",
    "sessions.Session": "session store; holds no record, changes at every request",
    "contenttypes.ContentType": "written by migrations only",
    "auth.Permission": "written by migrations only",
    "usersessions.UserSession": "a copy of the session list; sign-ins are events",
    "django_celery_beat.SolarSchedule": "not used",
    "django_celery_beat.ClockedSchedule": "not used",
    "django_celery_beat.PeriodicTasks": "a time stamp that tells beat to reload",
    "workflow.IdempotencyKey": "kept for 24 hours to answer a repeated request alike",
}

HIDDEN: dict[str, tuple[str, ...]] = {
    "accounts.User": ("password",),
    "accounts.ApiToken": ("digest", "token_key"),
    "operations.ReviewInputs": ("rows",),
    "mfa.Authenticator": ("data",),
    "evaluation.SealedEnvelope": ("dek", "nonce", "ciphertext"),
    "evaluation.SealedFile": ("dek", "nonce"),
    "evaluation.AccessLink": ("digest",),
    "evaluation.Enquiry": ("asked_by_id",),
}

QUIET: dict[str, tuple[str, ...]] = {
    "accounts.User": ("last_login",),
    "accounts.ApiToken": ("last_used_at",),
    "mfa.Authenticator": ("last_used_at",),
    "django_celery_beat.PeriodicTask": ("last_run_at", "total_run_count", "date_changed"),
}


@dataclass(frozen=True)
class Covered:
    """One table under the trail: its key column, what is never written down, what is no change."""

    label: str
    table: str
    key: str
    hidden: tuple[str, ...]
    quiet: tuple[str, ...]


def covered() -> list[Covered]:
    """Return every table under the trail, through tables included, in order of name."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if not options.managed or options.proxy or options.swapped:
            continue
        exempt = getattr(model, "audit_exempt", "") or EXEMPT.get(options.label, "")
        if exempt:
            continue
        found[options.db_table] = Covered(
            label=options.label,
            table=options.db_table,
            key=options.pk.column,
            hidden=HIDDEN.get(options.label, ()),
            quiet=QUIET.get(options.label, ()),
        )
    return [found[table] for table in sorted(found)]
