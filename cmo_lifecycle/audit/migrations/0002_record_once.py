from django.db import migrations

from cmo_lifecycle.audit import sql


class Migration(migrations.Migration):
    """Write the trail of many rows in half the time: each row becomes JSON once."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(sql.RECORD, migrations.RunSQL.noop)]
