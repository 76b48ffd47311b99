"""The question library that the product ships with, in use from the start and open to change."""

from django.db import migrations
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.audit.actor import acting
from evaluation.asking import row_of
from evaluation.library.seed import LIBRARY

WHY = "Shipped with the product as a beginning of the library: change it, add to it, or retire what you do not use."


def seed(apps, schema_editor):
    Question = apps.get_model("evaluation", "LibraryQuestion")
    Event = apps.get_model("workflow", "Event")
    User = apps.get_model("accounts", "User")
    ContentType = apps.get_model("contenttypes", "ContentType")
    now = timezone.now()
    with acting("system:setup", source="setup"):
        setup, _ = User.objects.get_or_create(
            email="setup@built-in.invalid", defaults={"name": "Setup (service)", "is_service": True}
        )
        kind, _ = ContentType.objects.get_or_create(app_label="evaluation", model="libraryquestion")
        made = []
        for question in LIBRARY.values():
            row = row_of(question)
            row.pop("criterion")
            made.append(
                Question(id=uuid7(), created_by=setup, created_at=now, updated_at=now, number=1, state="in_use", **row)
            )
        Question.objects.bulk_create(made)
        Event.objects.bulk_create(
            Event(
                id=uuid7(), record_type=kind, record_id=one.pk, at=now, actor=setup, verb="create", to_state="in_use",
                reason=WHY, record_version=1, record_label=f"{one.code}, version 1", source="setup",
            )
            for one in made
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0001_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("workflow", "0001_initial"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
