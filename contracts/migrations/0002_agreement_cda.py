import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_initial"),
        ("evaluation", "0003_schedule"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="cda",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreement",
                to="evaluation.cda",
                verbose_name="CDA",
            ),
        ),
    ]
