"""Two registrations that are two people; lists of bookings and employers."""

from importlib import import_module

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")

# Who sees both registrations sees that they are two people.
BOTH = f"({walls.through_person('person_id')}) AND ({walls.through_person('other_id')})"

# Whoever corrects one registration may see only that one: the database notes that the pair has to be looked at again.
LAPSE_SQL = """
CREATE FUNCTION ittai_lapse_not_same() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    the_person uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
    UPDATE cases_notsame SET lapsed_at = now()
    WHERE (person_id = the_person OR other_id = the_person) AND undone_at IS NULL AND lapsed_at IS NULL;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION ittai_lapse_not_same() FROM PUBLIC;
CREATE TRIGGER lapse_not_same AFTER UPDATE OF name, name_kana, birth_on, birth_part ON cases_person FOR EACH ROW
WHEN ((OLD.name, OLD.name_kana, OLD.birth_on, OLD.birth_part)
    IS DISTINCT FROM (NEW.name, NEW.name_kana, NEW.birth_on, NEW.birth_part))
EXECUTE FUNCTION ittai_lapse_not_same('id');
CREATE TRIGGER lapse_not_same AFTER UPDATE OF phone ON cases_personcontact FOR EACH ROW
WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION ittai_lapse_not_same('person_id');
"""
LAPSE_BACK_SQL = """
DROP TRIGGER lapse_not_same ON cases_personcontact;
DROP TRIGGER lapse_not_same ON cases_person;
DROP FUNCTION ittai_lapse_not_same();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_operator"),
        ("cases", "0018_birth_known"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="listexport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cases", "ケース"),
                    ("placements", "就職と定着"),
                    ("appointments", "予約"),
                    ("employers", "事業所"),
                ],
                max_length=20,
                verbose_name="一覧",
            ),
        ),
        migrations.AlterField(
            model_name="listexportevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cases", "ケース"),
                    ("placements", "就職と定着"),
                    ("appointments", "予約"),
                    ("employers", "事業所"),
                ],
                max_length=20,
                verbose_name="一覧",
            ),
        ),
        migrations.AlterField(
            model_name="listsetting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cases", "ケース"),
                    ("placements", "就職と定着"),
                    ("appointments", "予約"),
                    ("employers", "事業所"),
                ],
                max_length=20,
                verbose_name="一覧",
            ),
        ),
        migrations.AlterField(
            model_name="savedview",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cases", "ケース"),
                    ("placements", "就職と定着"),
                    ("appointments", "予約"),
                    ("employers", "事業所"),
                ],
                max_length=20,
                verbose_name="一覧",
            ),
        ),
        migrations.CreateModel(
            name="NotSame",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(max_length=200, verbose_name="別人と確認した理由")),
                ("at", models.DateTimeField(verbose_name="確認日時")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
                (
                    "lapsed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="登録が直されて効力が切れた日時"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="確認した機関",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.person",
                        verbose_name="別人の登録",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.person",
                        verbose_name="登録",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り消した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "別人の確認",
                "verbose_name_plural": "別人の確認",
            },
        ),
        migrations.CreateModel(
            name="NotSameEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("note", models.CharField(max_length=200, verbose_name="別人と確認した理由")),
                ("at", models.DateTimeField(verbose_name="確認日時")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
                (
                    "lapsed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="登録が直されて効力が切れた日時"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="確認した機関",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.person",
                        verbose_name="別人の登録",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.person",
                        verbose_name="登録",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="cases.notsame",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り消した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="notsame",
            constraint=models.CheckConstraint(
                condition=models.Q(("person__lt", models.F("other"))), name="not_same_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="notsame",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="not_same_has_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="notsame",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="not_same_undo_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="notsame",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lapsed_at__isnull", True), ("undone_at__isnull", True)),
                fields=("person", "other"),
                name="not_same_said_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notsame",
            trigger=pgtrigger.compiler.Trigger(
                name="not_same_as_said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."other_id" IS DISTINCT FROM (NEW."other_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5271afbd3f588f0a4f7eb385464ca7de59a1d705",
                    operation="UPDATE",
                    pgid="pgtrigger_not_same_as_said_894d9",
                    table="cases_notsame",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notsame",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_notsameevent" ("at", "by_id", "id", "lapsed_at", "note", "organisation_id", "other_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."lapsed_at", NEW."note", NEW."organisation_id", NEW."other_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                    hash="c44e84e0695a75c2de70ab96983cc3eb6c47c092",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_47c6f",
                    table="cases_notsame",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notsame",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_notsameevent" ("at", "by_id", "id", "lapsed_at", "note", "organisation_id", "other_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."lapsed_at", NEW."note", NEW."organisation_id", NEW."other_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                    hash="6e27dc98db5789685385ed07b4392bcd121b96f5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_eeefe",
                    table="cases_notsame",
                    when="AFTER",
                ),
            ),
        ),
        *walls.both(RowSecurity, "NotSame", BOTH),
        Restrict("NotSame", "DELETE, TRUNCATE"),
        Restrict("NotSameEvent", "UPDATE, DELETE, TRUNCATE"),
        migrations.RunSQL(LAPSE_SQL, LAPSE_BACK_SQL),
    ]
