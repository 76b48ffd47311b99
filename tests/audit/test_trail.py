"""The database keeps the trail by itself, and finds out who meddled with it."""

from __future__ import annotations

import json
import os
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cmo_lifecycle.audit import sealing, triggers
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.audit.coverage import covered
from cmo_lifecycle.audit.models import AuditEntry, AuditSeal
from cmo_lifecycle.partners.models import CMO, Programme, Site


def nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', false)")


def entries(table: str) -> list[tuple[str, dict | None, dict | None, str]]:
    return list(AuditEntry.objects.filter(table_name=table).order_by("id").values_list("op", "old", "new", "actor"))


def test_each_table_is_covered_or_says_why_not(db: None) -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    uncovered = tables - {table.table for table in covered()}
    assert uncovered == {
        "audit_entry",
        "audit_horizon",
        "audit_seal",
        "auth_permission",
        "contracts_passage",
        "django_celery_beat_clockedschedule",
        "django_celery_beat_periodictasks",
        "django_celery_beat_solarschedule",
        "django_content_type",
        "django_migrations",
        "django_session",
        "knox_authtoken",
        "operations_dueperiod",
        "operations_importproblem",
        "operations_reviewrun",
        "usersessions_usersession",
        "workflow_heartbeat",
        "workflow_idempotencykey",
        "workflow_job",
    }


def test_a_switched_off_trigger_is_noticed(db: None) -> None:
    with superuser() as cursor:
        cursor.execute("ALTER TABLE partners_cmo DISABLE TRIGGER audit_on_update")
        try:
            found = triggers.missing()
        finally:
            cursor.execute("ALTER TABLE partners_cmo ENABLE TRIGGER audit_on_update")
    assert found == ["Trigger audit_on_update of table partners_cmo is switched off."]


def test_every_way_of_writing_leaves_an_entry(db: None, alice: Any) -> None:
    with acting(alice):
        first = CMO.objects.create(legal_name="A")
        CMO.objects.bulk_create([CMO(legal_name="B"), CMO(legal_name="C")])
        first.notes = "seen"
        first.save()
        CMO.objects.update(country="NO")
        CMO.objects.bulk_update([first], ["notes"])
        CMO.objects.bulk_create(
            [CMO(id=first.id, legal_name="A2")],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["legal_name"],
        )
        with connection.cursor() as cursor:
            cursor.execute("UPDATE partners_cmo SET website = 'https://a.example' WHERE id = %s", [first.id])
            cursor.execute(
                "MERGE INTO partners_cmo AS c USING (SELECT %s::uuid AS id) AS s ON s.id = c.id"
                " WHEN MATCHED THEN UPDATE SET kind = 'hybrid'",
                [first.id],
            )
            cursor.execute("DELETE FROM partners_cmo WHERE id = %s", [first.id])
    kept = AuditEntry.objects.filter(table_name="partners_cmo").order_by("id")
    assert [entry.op for entry in kept] == ["I", "I", "I", "U", "U", "U", "U", "U", "U", "U", "D"]
    assert {entry.actor for entry in kept} == {f"user:{alice.pk}"}
    mine = [entry for entry in kept if entry.row_id == str(first.id)]
    changed = [sorted(entry.old) for entry in mine if entry.op == "U"]
    assert changed == [["notes", "updated_at"], ["country"], ["legal_name"], ["website"], ["kind"]]
    assert mine[-1].old["legal_name"] == "A2"


def test_copy_and_through_tables_are_trailed(db: None, alice: Any) -> None:
    programme = Programme.objects.create(name="P")
    with acting(alice):
        programme.members.add(alice)
    assert [row[0] for row in entries("partners_programme_members")] == ["I"]
    assert entries("partners_programme_members")[0][3] == f"user:{alice.pk}"


def test_a_write_that_names_nobody_is_refused(db: None) -> None:
    nobody()
    with pytest.raises(DatabaseError, match="names nobody"), transaction.atomic():
        CMO.objects.create(legal_name="A")
    assert CMO.objects.count() == 0


def test_a_statement_that_changes_nothing_needs_no_name(db: None) -> None:
    nobody()
    assert CMO.objects.update(notes="x") == 0


def test_an_update_to_the_same_values_leaves_no_entry(db: None, harrow: Any) -> None:
    before = AuditEntry.objects.count()
    CMO.objects.filter(pk=harrow.pk).update(legal_name=harrow.legal_name)
    assert AuditEntry.objects.count() == before


def test_the_trail_begins_with_what_migrations_wrote(db: None) -> None:
    from operations.models import KpiDefinition

    begun = AuditEntry.objects.filter(table_name="operations_kpidefinition", source="migration")
    assert begun.count() == KpiDefinition.objects.count() > 0


def test_secrets_stay_out_of_the_trail(db: None, alice: Any) -> None:
    alice.set_password("another long secret 1")
    alice.save()
    kept = entries("accounts_user")
    assert all("password" not in (new or {}) for _, _, new, _ in kept)
    assert kept[-1][1]["password"] == "(hidden)"
    alice.refresh_from_db()
    assert alice.password not in json.dumps(kept)


def as_app() -> Any:
    """A second connection as the application's own role, naming somebody."""
    settings = connection.settings_dict
    made = psycopg2.connect(
        dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"] or None, host=settings["HOST"]
    )
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', 'user:attacker', false)")
    return made


class superuser:
    """The database's superuser, who is above the rules; only `verify_audit` can tell on him."""

    def __enter__(self) -> Any:
        self.made = psycopg2.connect(os.environ["CMO_TEST_SUPERUSER_URL"], dbname=connection.settings_dict["NAME"])
        self.made.autocommit = True
        self.cursor = self.made.cursor()
        return self.cursor

    def __exit__(self, *exc: object) -> None:
        self.made.close()


ATTACKS = {
    "forged entry": "INSERT INTO audit_entry (at, xact, table_name, op, row_id, actor, source, db_user)"
    " VALUES (now(), 1, 'x', 'I', '1', 'user:quinn', '', '')",
    "altered entry": "UPDATE audit_entry SET actor = 'user:quinn'",
    "removed entry": "DELETE FROM audit_entry",
    "emptied trail": "TRUNCATE audit_entry",
    "dropped trail": "DROP TABLE audit_entry",
    "forged seal": "INSERT INTO audit_seal (from_id, to_id, count, sha256, chain) VALUES (1, 1, 1, '', '')",
    "altered seal": "UPDATE audit_seal SET chain = ''",
    "moved horizon": "UPDATE audit_horizon SET to_id = 0",
    "trigger off": "ALTER TABLE partners_cmo DISABLE TRIGGER ALL",
    "trigger dropped": "DROP TRIGGER audit_on_update ON partners_cmo",
    "function replaced": "CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'",
    "function called": "SELECT audit_record()",
    "forged beginning": "SELECT audit_baseline('partners_cmo', 'id', '[]')",
    "replica role": "SET session_replication_role = replica",
    "owner's role": "SET ROLE cmo_owner",
    "trail's role": "SET ROLE cmo_audit",
    "emptied records": "TRUNCATE partners_cmo CASCADE",
    "trail's rule": "CREATE RULE hush AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "shadowed table": "CREATE TABLE public.audit_entry_2 (id int)",
    "nobody": "SET app.actor = ''; UPDATE partners_cmo SET notes = 'hushed'",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda name: name.replace(" ", "-"))
@pytest.mark.django_db(transaction=True)
def test_the_application_role_cannot_meddle(harrow: Any, attack: str) -> None:
    connection.ensure_connection()
    intruder = as_app()
    with intruder.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
        cursor.execute(ATTACKS[attack])
    intruder.close()
    assert isinstance(refused.value, (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.RaiseException))
    assert [entry.op for entry in AuditEntry.objects.of(harrow)] == ["I"]
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_a_temporary_table_does_not_catch_the_trail(harrow: Any) -> None:
    intruder = as_app()
    with intruder.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_entry (LIKE public.audit_entry)")
        cursor.execute("UPDATE partners_cmo SET notes = 'hushed'")
    intruder.close()
    assert [entry.op for entry in AuditEntry.objects.of(harrow).order_by("id")] == ["I", "U"]


@pytest.mark.django_db(transaction=True)
def test_even_the_owner_cannot_empty_the_trail(harrow: Any) -> None:
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"], dbname=connection.settings_dict["NAME"])
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute("SET ROLE cmo_audit")
        for attack in ("TRUNCATE audit_entry", "DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'x'"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="history is kept"):
                cursor.execute(attack)
    owner.close()
    assert AuditEntry.objects.of(harrow).count() == 1


@pytest.fixture
def sealed(transactional_db: None, settings: Any, tmp_path: Any, alice: Any) -> list[CMO]:
    """Three records, sealed twice, with checkpoints outside the database."""
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    made = []
    for name in ("A", "B", "C"):
        # What is rolled back uses up a number: gaps in the trail's numbers are no sign of tampering.
        with transaction.atomic():
            CMO.objects.create(legal_name="given up")
            transaction.set_rollback(True)
        made.append(CMO.objects.create(legal_name=name))
        assert sealing.seal() is not None
    return made


def test_an_untouched_trail_is_whole(sealed: list[CMO]) -> None:
    verdict = sealing.verify()
    assert verdict.problems == []
    assert verdict.seals == verdict.checkpoints == 3
    assert verdict.unsealed == 0


def test_sealing_again_adds_nothing(sealed: list[CMO]) -> None:
    assert sealing.seal() is None
    assert AuditSeal.objects.count() == 3


def test_a_seal_waits_for_transactions_still_open(sealed: list[CMO]) -> None:
    """An entry that commits late lands in a later seal, never inside an earlier one."""
    slow = as_app()
    slow.autocommit = False
    with slow.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', 'user:slow', false)")
        cursor.execute("UPDATE partners_cmo SET notes = 'slow' WHERE id = %s", [str(sealed[0].pk)])
        CMO.objects.create(legal_name="quick")
        assert sealing.seal() is None
        slow.commit()
    slow.close()
    assert sealing.seal() is not None
    verdict = sealing.verify()
    assert verdict.problems == []
    assert verdict.unsealed == 0


TAMPERING = {
    "altered entry": (
        "UPDATE audit_entry SET actor = 'user:other' WHERE id = (SELECT max(id) FROM audit_entry)",
        "was altered",
    ),
    "removed entry": ("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)", "stand there now"),
    "added entry": (
        "INSERT INTO audit_entry OVERRIDING SYSTEM VALUE SELECT min(spare), now(), 1, 'partners_cmo', 'U', 'x', NULL, NULL,"
        " 'user:q', NULL, '', '' FROM generate_series(1, (SELECT max(id) FROM audit_entry)) AS spare"
        " WHERE spare NOT IN (SELECT id FROM audit_entry)",
        "stand there now",
    ),
    "cut-off tail": (
        "DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal);"
        " DELETE FROM audit_entry WHERE id > (SELECT max(to_id) FROM audit_seal)",
        "was cut off",
    ),
    "everything hashed anew": (
        "UPDATE audit_entry SET actor = 'user:other';"
        " UPDATE audit_seal SET sha256 = (SELECT digest FROM audit_digest(from_id, to_id));"
        " UPDATE audit_seal SET chain = audit_chain('', from_id, to_id, count, sha256) WHERE id = 1;"
        " UPDATE audit_seal s SET chain = audit_chain((SELECT chain FROM audit_seal WHERE id = 1), from_id, to_id,"
        " count, sha256) WHERE id = 2;"
        " UPDATE audit_seal s SET chain = audit_chain((SELECT chain FROM audit_seal WHERE id = 2), from_id, to_id,"
        " count, sha256) WHERE id = 3",
        "was written anew",
    ),
    "altered record": (
        "UPDATE partners_cmo SET legal_name = 'Z' WHERE legal_name = 'B'",
        "differs from its last entry",
    ),
    "removed record": ("DELETE FROM partners_cmo WHERE legal_name = 'B'", "removed without an entry"),
    "added record": (
        "INSERT INTO partners_cmo SELECT (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'legal_name', 'Q'))).*"
        " FROM partners_cmo c WHERE legal_name = 'B'",
        "has no entry in the trail",
    ),
}


@pytest.mark.parametrize("deed", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_a_superusers_tampering_is_found(sealed: list[CMO], deed: str) -> None:
    statement, finding = TAMPERING[deed]
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
    assert any(finding in problem for problem in sealing.verify().problems)
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", "--no-seal")


def test_an_altered_checkpoint_is_found(sealed: list[CMO]) -> None:
    path = sealing.checkpoint_file()
    lines = path.read_text().splitlines()
    line = json.loads(lines[1])
    line["count"] += 1
    path.write_text("\n".join([lines[0], json.dumps(line), lines[2]]) + "\n")
    assert "Line 2 of the checkpoint file was altered, or signed with another key." in sealing.verify().problems


def test_a_removed_checkpoint_is_found(sealed: list[CMO]) -> None:
    path = sealing.checkpoint_file()
    lines = path.read_text().splitlines()
    path.write_text(lines[0] + "\n" + lines[2] + "\n")
    assert any("a checkpoint was removed" in problem for problem in sealing.verify().problems)


def test_a_checkpoint_missed_by_a_crash_is_made_up(sealed: list[CMO]) -> None:
    path = sealing.checkpoint_file()
    path.write_text("\n".join(path.read_text().splitlines()[:2]) + "\n")
    assert sealing.export() == 1
    assert sealing.verify().problems == []


def test_many_writers_do_not_deadlock(transactional_db: None, harrow: Any) -> None:
    import threading

    sites = [Site.objects.create(cmo=harrow, name=f"S{n}") for n in range(4)]
    failures = []

    def work(number: int) -> None:
        writer = as_app()
        try:
            for turn in range(25):
                with writer.cursor() as cursor:
                    cursor.execute(
                        "UPDATE partners_site SET notes = %s WHERE id = %s",
                        [f"{number}-{turn}", str(sites[(number + turn) % 4].pk)],
                    )
        except psycopg2.Error as error:
            failures.append(error)
        finally:
            writer.close()

    connection.ensure_connection()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert AuditEntry.objects.filter(table_name="partners_site", op="U").count() == 150
