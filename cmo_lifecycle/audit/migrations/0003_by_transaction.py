from django.db import migrations


class Migration(migrations.Migration):
    """Find what was written together: the rows of a record's tables stand in the transactions of the record itself."""

    dependencies = [("audit", "0002_record_once")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX audit_entry_xact ON audit_entry USING brin (xact) WITH (autosummarize = on)",
            "DROP INDEX audit_entry_xact",
        )
    ]
