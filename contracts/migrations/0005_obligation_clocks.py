"""The clocks of obligations, as rows that an administrator may change."""

from django.db import migrations

from cmo_lifecycle.audit.actor import acting

CLOCKS = (
    (
        "Write down obligations", "contracts.settle_obligations", {"minute": "22", "hour": "0"}, 3600,
        "Writes down what agreements make both sides owe in the coming 13 months, and moves what has moved. Asking twice"
        " changes nothing.",
    ),
    (
        "Remind of obligations", "contracts.remind_of_obligations", {"minute": "35", "hour": "*"}, 3000,
        "Reminds of what falls due, and brings before others what is overdue. Each goes out once.",
    ),
)  # fmt: skip


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    with acting("system:setup", source="setup"):
        for name, task, times, expires, description in CLOCKS:
            crontab, _ = Crontab.objects.get_or_create(
                **times, day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
            )
            PeriodicTask.objects.get_or_create(
                name=name,
                defaults={"task": task, "crontab": crontab, "expire_seconds": expires, "description": description},
            )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_obligations"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
