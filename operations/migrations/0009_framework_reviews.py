"""The clock that asks for the yearly review of operating frameworks, as a row that an administrator may change."""

from django.db import migrations

from cmo_lifecycle.audit.actor import acting


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    with acting("system:setup", source="setup"):
        crontab, _ = Crontab.objects.get_or_create(
            minute="37", hour="2", day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
        )
        PeriodicTask.objects.get_or_create(
            name="Ask for framework reviews",
            defaults={
                "task": "operations.ask_for_framework_reviews",
                "crontab": crontab,
                "expire_seconds": 3600,
                "description": "Asks for the yearly review of operating frameworks. Asking twice changes nothing.",
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0008_frameworks_and_transfers"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
