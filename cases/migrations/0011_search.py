"""Keys of phone ends and running numbers, merging of two registrations of one person."""

from importlib import import_module

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")
oversight = import_module("cases.migrations.0010_oversight")

# A merge is seen by whoever sees the person that was kept.
THROUGH_KEPT = walls.through_person("kept_id")
# One bit for somebody who sees the person: is there a case of theirs that my organisations do not see? A merge
# would move it. What break-glass shows to one user for half an hour does not count as seen.
HAS_HIDDEN_CASE_SQL = f"""
CREATE FUNCTION ittai_has_hidden_case(the_person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE seen) > 0 AND count(*) FILTER (WHERE NOT shared) > 0
    FROM (SELECT ittai_sees_case(c.id) AS seen,
                 EXISTS (SELECT 1 FROM cases_grant g
                         WHERE g.case_id = c.id AND {walls.LIVE} AND g.user_id IS NULL) AS shared
          FROM cases_case c WHERE c.person_id = the_person) AS case_of_person
$$;
REVOKE ALL ON FUNCTION ittai_has_hidden_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_has_hidden_case(uuid) TO ittai_app;
"""
# Who read a registration that was merged into this one has read this person.
READERS_SQL = oversight.READERS_SQL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "WHERE s.person_id = the_person AND",
    """WHERE s.person_id IN (
               WITH RECURSIVE same AS (
                   SELECT the_person AS id
                   UNION SELECT p.id FROM cases_person p JOIN same ON p.merged_into_id = same.id
               ) SELECT id FROM same
           ) AND""",
)
READERS_BACK_SQL = oversight.READERS_SQL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_log"),
        ("cases", "0010_oversight"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="移したケース"
                    ),
                ),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        size=None,
                        verbose_name="統合した登録から採った項目",
                    ),
                ),
                (
                    "kept_values",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="残した登録の統合前の内容"
                    ),
                ),
                (
                    "merged_values",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="統合した登録の内容"
                    ),
                ),
                ("note", models.CharField(max_length=200, verbose_name="統合の理由")),
                ("at", models.DateTimeField(verbose_name="統合日時")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
            ],
            options={
                "verbose_name": "登録の統合",
                "verbose_name_plural": "登録の統合",
            },
        ),
        migrations.CreateModel(
            name="PersonMergeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "case_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="移したケース"
                    ),
                ),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        size=None,
                        verbose_name="統合した登録から採った項目",
                    ),
                ),
                (
                    "kept_values",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="残した登録の統合前の内容"
                    ),
                ),
                (
                    "merged_values",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="統合した登録の内容"
                    ),
                ),
                ("note", models.CharField(max_length=200, verbose_name="統合の理由")),
                ("at", models.DateTimeField(verbose_name="統合日時")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="person",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="person",
            name="update_update",
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_people",
                to="cases.person",
                verbose_name="統合先",
            ),
        ),
        migrations.AddField(
            model_name="personevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.person",
                verbose_name="統合先",
            ),
        ),
        migrations.AlterField(
            model_name="searchkey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("kana", "フリガナ"),
                    ("name", "氏名"),
                    ("number", "番号"),
                    ("birth", "生年月日"),
                    ("phone", "電話番号"),
                    ("phone_end", "電話番号の末尾"),
                    ("sequence", "番号の連番"),
                ],
                max_length=10,
                verbose_name="種類",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_personevent" ("birth_note", "birth_on", "created_at", "id", "language", "merged_into_id", "name", "name_kana", "needs_interpreter", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex", "version") VALUES (NEW."birth_note", NEW."birth_on", NEW."created_at", NEW."id", NEW."language", NEW."merged_into_id", NEW."name", NEW."name_kana", NEW."needs_interpreter", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sex", NEW."version"); RETURN NULL;',
                    hash="a8f74cf3f8075bf7018efd8de9b6fadeb9da25a9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb0b4",
                    table="cases_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_personevent" ("birth_note", "birth_on", "created_at", "id", "language", "merged_into_id", "name", "name_kana", "needs_interpreter", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex", "version") VALUES (NEW."birth_note", NEW."birth_on", NEW."created_at", NEW."id", NEW."language", NEW."merged_into_id", NEW."name", NEW."name_kana", NEW."needs_interpreter", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sex", NEW."version"); RETURN NULL;',
                    hash="48c14820b1db3889339225d58e82108181ab53ae",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6804f",
                    table="cases_person",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="person_not_merged_into_self",
                violation_error_message="自分自身には統合できません。",
            ),
        ),
        migrations.AddField(
            model_name="personmerge",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="統合した人",
            ),
        ),
        migrations.AddField(
            model_name="personmerge",
            name="kept",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="cases.person",
                verbose_name="残した登録",
            ),
        ),
        migrations.AddField(
            model_name="personmerge",
            name="merged",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.person",
                verbose_name="統合した登録",
            ),
        ),
        migrations.AddField(
            model_name="personmerge",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="統合した機関",
            ),
        ),
        migrations.AddField(
            model_name="personmerge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="取り消した人",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="統合した人",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="kept",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.person",
                verbose_name="残した登録",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="merged",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.person",
                verbose_name="統合した登録",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="統合した機関",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.personmerge",
            ),
        ),
        migrations.AddField(
            model_name="personmergeevent",
            name="undone_by",
            field=models.ForeignKey(
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
        migrations.AddIndex(
            model_name="personmerge",
            index=models.Index(fields=["kept"], name="person_merge_by_kept"),
        ),
        migrations.AddConstraint(
            model_name="personmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("merged",), name="person_merged_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="personmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("merged")), _negated=True), name="person_merge_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="personmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="person_merge_undo_complete",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="personmerge",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_personmergeevent" ("at", "by_id", "case_ids", "id", "kept_id", "kept_values", "merged_id", "merged_values", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."case_ids", NEW."id", NEW."kept_id", NEW."kept_values", NEW."merged_id", NEW."merged_values", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."taken", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                    hash="e4763079e0bc045163d832c4f34f0d237f491137",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c8d80",
                    table="cases_personmerge",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="personmerge",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_personmergeevent" ("at", "by_id", "case_ids", "id", "kept_id", "kept_values", "merged_id", "merged_values", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."case_ids", NEW."id", NEW."kept_id", NEW."kept_values", NEW."merged_id", NEW."merged_values", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."taken", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                    hash="b06faa89b277c96cbbcc0153d94b51bc365ce9d1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_83b6c",
                    table="cases_personmerge",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(HAS_HIDDEN_CASE_SQL, "DROP FUNCTION ittai_has_hidden_case(uuid)"),
        migrations.RunSQL(READERS_SQL, READERS_BACK_SQL),
        RowSecurity("PersonMerge", THROUGH_KEPT),
        RowSecurity("PersonMergeEvent", THROUGH_KEPT),
        Restrict("PersonMerge", "DELETE, TRUNCATE"),
        Restrict("PersonMergeEvent", "UPDATE, DELETE, TRUNCATE"),
    ]
