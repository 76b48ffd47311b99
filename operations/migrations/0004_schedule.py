"""The clocks, as rows that an administrator may change: beat reads them from the database.

Crontabs, not intervals: an interval begins anew with each restart and may never be reached. Each message
expires before the next one, so that a queue never fills with pokes nobody answered.
"""

from django.db import migrations

from cmo_lifecycle.audit.actor import acting

CLOCKS = [
    # name, task, crontab (minute, hour, day), seconds until the message is void, what it is for
    (
        "Open due reviews",
        "operations.open_due_reviews",
        ("7", "*", "*"),
        3000,
        "Asks which reviews are due, and opens and scores them. Asking twice changes nothing.",
    ),
    ("Heartbeat", "workflow.heartbeat", ("*", "*", "*"), 50, "Tells that beat sends and a worker works."),
    ("Seal the audit trail", "audit.seal", ("*/5", "*", "*"), 240, "Seals the trail and exports the checkpoint."),
    (
        "Forget answered requests",
        "workflow.forget_answers",
        ("23", "3", "*"),
        3600,
        "Removes the answers kept for repeated requests after 24 hours.",
    ),
]


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    with acting("system:setup", source="setup"):
        for name, task, (minute, hour, day), expires, words in CLOCKS:
            crontab, _ = Crontab.objects.get_or_create(
                minute=minute, hour=hour, day_of_month=day, day_of_week="*", month_of_year="*", timezone="UTC"
            )
            PeriodicTask.objects.get_or_create(
                name=name,
                defaults={"task": task, "crontab": crontab, "expire_seconds": expires, "description": words},
            )


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_first_definitions"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
