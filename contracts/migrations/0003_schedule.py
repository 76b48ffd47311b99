"""The daily clock of agreements, as a row that an administrator may change."""

from django.db import migrations

from cmo_lifecycle.audit.actor import acting


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    with acting("system:setup", source="setup"):
        crontab, _ = Crontab.objects.get_or_create(
            minute="7", hour="0", day_of_month="*", day_of_week="*", month_of_year="*", timezone="UTC"
        )
        PeriodicTask.objects.get_or_create(
            name="Move agreements on",
            defaults={
                "task": "contracts.advance_agreements",
                "crontab": crontab,
                "expire_seconds": 3600,
                "description": "Lets agreements take effect and end, and counts their days for notice. Asking twice changes"
                " nothing.",
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_agreement_cda"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
