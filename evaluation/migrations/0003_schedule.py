"""The clock that closes RFPs, as a row that an administrator may change."""

from django.db import migrations

from cmo_lifecycle.audit.actor import acting


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    with acting("system:setup", source="setup"):
        crontab, _ = Crontab.objects.get_or_create(
            minute="*", hour="*", day_of_month="*", day_of_week="*", month_of_year="*", timezone="UTC"
        )
        PeriodicTask.objects.get_or_create(
            name="Close due RFPs",
            defaults={
                "task": "evaluation.close_due_rfps",
                "crontab": crontab,
                "expire_seconds": 50,
                "description": "Closes the RFPs whose deadline has passed. Asking twice changes nothing.",
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0002_library"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
