from django.db import migrations, models

from cmo_lifecycle.audit import sql


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(sql.CREATE, sql.DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("xact", models.BigIntegerField()),
                        ("table_name", models.TextField()),
                        (
                            "op",
                            models.CharField(
                                choices=[("I", "Created"), ("U", "Changed"), ("D", "Removed")], max_length=1
                            ),
                        ),
                        ("row_id", models.TextField()),
                        ("old", models.JSONField(null=True)),
                        ("new", models.JSONField(null=True)),
                        ("actor", models.TextField()),
                        ("event", models.UUIDField(null=True)),
                        ("source", models.TextField()),
                        ("db_user", models.TextField()),
                    ],
                    options={
                        "verbose_name": "audit entry",
                        "verbose_name_plural": "audit entries",
                        "db_table": "audit_entry",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("from_id", models.BigIntegerField()),
                        ("to_id", models.BigIntegerField()),
                        ("count", models.BigIntegerField()),
                        ("sha256", models.TextField()),
                        ("chain", models.TextField()),
                    ],
                    options={"db_table": "audit_seal", "ordering": ["id"]},
                ),
            ],
        )
    ]
