"""The clocks of mails to bidders, as rows that an administrator may change; and the end of links that were shown here."""

from django.db import migrations
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting

CLOCKS = (
    (
        "Send waiting mails to bidders", "evaluation.send_waiting_mails", {"minute": "*/5", "hour": "*"}, 240,
        "Sends what could not be sent at once. Asking twice changes nothing.",
    ),
    (
        "Remind bidders", "evaluation.remind_bidders", {"minute": "10", "hour": "*"}, 3000,
        "Reminds those who have not submitted, three days before the deadline. Asking twice changes nothing.",
    ),
)  # fmt: skip


def seed(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    AccessLink = apps.get_model("evaluation", "AccessLink")
    with acting("system:setup", source="setup"):
        for name, task, times, expires, description in CLOCKS:
            crontab, _ = Crontab.objects.get_or_create(
                **times, day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
            )
            PeriodicTask.objects.get_or_create(
                name=name,
                defaults={"task": task, "crontab": crontab, "expire_seconds": expires, "description": description},
            )
        # Their secrets were shown to whoever made them: new ones are mailed.
        AccessLink.objects.filter(address="", revoked_at__isnull=True).update(revoked_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0005_mails"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
