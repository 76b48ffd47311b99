"""A request's rates are the strategy's in their words; nothing changes in the database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_schedule")]

    operations = [
        migrations.AlterField(
            model_name="rfprate",
            name="on",
            field=models.DateField(verbose_name="day"),
        ),
        migrations.AlterField(
            model_name="rfprate",
            name="per_base",
            field=models.DecimalField(
                decimal_places=8,
                help_text="1.10 for USD where we count in EUR and 1 EUR buys 1.10 USD.",
                max_digits=18,
                verbose_name="units for one of ours",
            ),
        ),
        migrations.AlterField(
            model_name="rfprate",
            name="source",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterConstraint(
            model_name="rfprate",
            name="a_rate_of_bids_is_positive",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_base__gt", 0)),
                name="a_rate_of_bids_is_positive",
                violation_error_message="Give a rate above 0.",
            ),
        ),
    ]
