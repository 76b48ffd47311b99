"""The first version of the KPI dictionary and of the scoring policy, in force from the start.

A system without a definition in force would open reviews that measure nothing. These are a starting point
which nobody has signed, and their event says so: quality revises them and approves a version of its own.
"""

from decimal import Decimal

from django.db import migrations, models
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.audit.actor import acting

WHY = (
    "Shipped with the product so that reviews can be scored from the first day."
    " Not approved by anybody: revise it, and let quality approve your own version."
)

DEFINITIONS = [
    {
        "code": "on_time_delivery",
        "name": "On-time delivery",
        "category": "delivery",
        "formula": "on_time",
        "formula_words": (
            "Of the lines due in the period, the share that arrived on or before the scheduled day plus the days of"
            " grace, and not earlier than the early window allows. A line that has not arrived although its day has"
            " passed is a miss; one whose day is still to come is not counted."
        ),
        "numerator_words": "Lines that arrived in the window",
        "denominator_words": "Lines that arrived, and lines overdue",
        "unit": "%",
        "decimals": 1,
        "direction": "up",
        "target": Decimal(95),
        "red_line": Decimal(85),
        "weight": Decimal(60),
    },
    {
        "code": "on_time_in_full",
        "name": "On time in full",
        "category": "delivery",
        "formula": "on_time_in_full",
        "formula_words": (
            "Of the lines due in the period, the share that arrived on time and of which the quantity accepted"
            " reaches the quantity ordered, less the tolerance. A line that arrived without an accepted quantity cannot"
            " be judged: it is left out and lowers the coverage. An overdue line is a miss."
        ),
        "numerator_words": "Lines on time with the ordered quantity accepted",
        "denominator_words": "Lines with both quantities known, and lines overdue",
        "unit": "%",
        "decimals": 1,
        "direction": "up",
        "target": Decimal(95),
        "red_line": Decimal(85),
        "weight": Decimal(25),
    },
    {
        "code": "mean_days_late",
        "name": "Mean days late",
        "category": "delivery",
        "formula": "mean_days_late",
        "formula_words": (
            "The mean of the days from the scheduled day to arrival, over the lines that arrived late. Does not apply"
            " where no line was late. Overdue lines have no delay yet and lower the coverage."
        ),
        "numerator_words": "Days late of the late lines, added up",
        "denominator_words": "Lines that arrived late",
        "unit": "days",
        "decimals": 1,
        "direction": "down",
        "target": Decimal(5),
        "red_line": Decimal(30),
        "weight": Decimal(15),
        "minimum_sample": 1,
    },
    {
        "code": "max_days_late",
        "name": "Maximum days late",
        "category": "delivery",
        "formula": "max_days_late",
        "formula_words": (
            "The longest delay, in days from the scheduled day to arrival, among the lines due in the period that"
            " arrived. 0 or less says that none was late. Overdue lines have no delay yet and lower the coverage."
        ),
        "numerator_words": "None: the value is that of a single line",
        "denominator_words": "Lines that arrived",
        "unit": "days",
        "decimals": 0,
        "direction": "neutral",
        "minimum_sample": 1,
    },
    {
        "code": "lead_time_median",
        "name": "Order-to-delivery lead time, median",
        "category": "delivery",
        "formula": "lead_time_median",
        "formula_words": (
            "The middle of the days from order to arrival, over the lines due in the period that arrived. A line"
            " without its order day is left out and lowers the coverage."
        ),
        "numerator_words": "None: a median is not a quotient",
        "denominator_words": "Lines that arrived and have an order day",
        "unit": "days",
        "decimals": 1,
        "direction": "neutral",
    },
    {
        "code": "lead_time_p90",
        "name": "Order-to-delivery lead time, 90th percentile",
        "category": "delivery",
        "formula": "lead_time_p90",
        "formula_words": (
            "The days from order to arrival that nine lines in ten do not exceed, interpolated between neighbours,"
            " over the lines due in the period that arrived. A line without its order day is left out and lowers the"
            " coverage."
        ),
        "numerator_words": "None: a percentile is not a quotient",
        "denominator_words": "Lines that arrived and have an order day",
        "unit": "days",
        "decimals": 1,
        "direction": "neutral",
    },
    {
        "code": "line_value",
        "name": "Line value",
        "category": "cost",
        "formula": "line_value",
        "formula_words": (
            "The values of the lines due in the period, added up in their currency. Amounts in different currencies"
            " are never added. A line without a value lowers the coverage."
        ),
        "numerator_words": "Values of the lines, added up",
        "denominator_words": "Lines with a value",
        "unit": "currency",
        "decimals": 2,
        "direction": "neutral",
        "minimum_sample": 1,
    },
]


def seed(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Event = apps.get_model("workflow", "Event")
    KpiDefinition = apps.get_model("operations", "KpiDefinition")
    ScoringPolicy = apps.get_model("operations", "ScoringPolicy")
    now = timezone.now()

    with acting("system:setup", source="setup"):
        setup, _ = User.objects.get_or_create(
            email="setup@built-in.invalid",
            defaults={"name": "Set-up (service)", "is_service": True, "password": "!"},
        )

    def note(record, model, label):
        kind, _ = ContentType.objects.get_or_create(app_label="operations", model=model)
        Event.objects.create(
            id=uuid7(),
            record_type=kind,
            record_id=record.pk,
            at=now,
            actor=setup,
            verb="create",
            to_state="in_force",
            reason=WHY,
            record_version=1,
            record_label=label,
            source="setup",
        )

    with acting(f"user:{setup.pk}", source="setup"):
        for values in DEFINITIONS:
            if not KpiDefinition.objects.filter(code=values["code"]).exists():
                definition = KpiDefinition.objects.create(
                    id=uuid7(), state="in_force", in_force_from=now, why=WHY, created_by=setup, **values
                )
                note(definition, "kpidefinition", f"{definition.name}, version 1")
        if not ScoringPolicy.objects.exists():
            policy = ScoringPolicy.objects.create(id=uuid7(), state="in_force", in_force_from=now, created_by=setup)
            note(policy, "scoringpolicy", "Scoring policy, version 1")


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0002_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("workflow", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="scoringpolicy",
            name="cadence_follows_standing",
            field=models.BooleanField(
                default=True,
                help_text="On Watch the interval is halved, on Probation reviews are monthly, from the running period on.",
                verbose_name="review more often at a low standing",
            ),
        ),
        migrations.AlterField(
            model_name="kpidefinition",
            name="formula",
            field=models.CharField(
                choices=[
                    ("on_time", "Lines on time ÷ lines due"),
                    ("on_time_in_full", "Lines on time and in full ÷ lines due with accepted quantity"),
                    ("mean_days_late", "Mean days late of late lines"),
                    ("max_days_late", "Longest delay of a line that arrived"),
                    ("lead_time_median", "Median of days from order to delivery"),
                    ("lead_time_p90", "90th percentile of days from order to delivery"),
                    ("line_value", "Sum of line values"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
