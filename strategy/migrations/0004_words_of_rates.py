"""The help on rates is told of requests as well; nothing changes in the database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("strategy", "0003_sentences_and_limits")]

    operations = [
        migrations.AlterField(
            model_name="exchangerate",
            name="per_base",
            field=models.DecimalField(
                decimal_places=8,
                help_text="1.10 for USD where we count in EUR and 1 EUR buys 1.10 USD.",
                max_digits=18,
                verbose_name="units for one of ours",
            ),
        ),
    ]
