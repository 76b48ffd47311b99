from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0005_obligation_clocks")]

    operations = [migrations.RenameField(model_name="waiver", old_name="reason", new_name="grounds")]
