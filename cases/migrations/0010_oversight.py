"""Who read a person's record, across organisations; and the readings that stand out."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import Restrict, RowSecurity

# Readers of every organisation, for the one that holds a case of the person and sees it (security.md A36).
# One row per day, user and page; driven from the index (person, time) of the log.
READERS_SQL = """
CREATE FUNCTION ittai_readers_of(the_person uuid, the_start timestamptz, the_end timestamptz, the_limit integer)
RETURNS TABLE (read_on date, first_at timestamptz, last_at timestamptz, times bigint, organisation_id bigint,
    user_id bigint, role text, act text, route text, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH entry AS MATERIALIZED (
        SELECT DISTINCT s.entry_id FROM accounts_accesssubject s
         WHERE s.person_id = the_person AND s.at >= the_start AND s.at < the_end
           AND EXISTS (
               SELECT 1 FROM cases_case c
                WHERE c.person_id = the_person AND c.organisation_id = ANY ((SELECT ittai_scope())::bigint[])
                  AND ittai_sees_case(c.id)
           )
    )
    SELECT (e.at AT TIME ZONE 'Asia/Tokyo')::date, min(e.at), max(e.at), count(*), e.organisation_id, e.user_id,
           e.role::text, e.act::text, e.route::text, e.purpose::text
      FROM entry JOIN accounts_accessentry e ON e.id = entry.entry_id
     GROUP BY 1, e.organisation_id, e.user_id, e.role, e.act, e.route, e.purpose
     ORDER BY 2 DESC, e.user_id, e.route LIMIT the_limit
$$;
REVOKE ALL ON FUNCTION ittai_readers_of(uuid, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_readers_of(uuid, timestamptz, timestamptz, integer) TO ittai_app;
"""
OWN = "organisation_id = ANY ((SELECT ittai_scope())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_log"),
        ("cases", "0009_calendar_wall"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OddReading",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("same_surname", "閲覧した人と同じ姓の方"),
                            ("unassigned_burst", "担当していない方を続けて閲覧"),
                            ("many_readers", "担当していない人が同じ方を次々に閲覧"),
                            ("repeated", "担当していない方を何日も閲覧"),
                            ("night", "夜間(22時から6時)の閲覧"),
                            ("many_persons", "短い時間に大勢を閲覧"),
                            ("closed", "支援が終わった方を閲覧"),
                        ],
                        max_length=20,
                        verbose_name="理由",
                    ),
                ),
                ("read_on", models.DateField(verbose_name="閲覧の日")),
                ("found", models.CharField(max_length=200, verbose_name="見つかったこと")),
                (
                    "entry_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(verbose_name="番号"), size=None, verbose_name="閲覧の記録"
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="見つけた日時")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="点検した日時")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("duty", "業務のための閲覧だった"),
                            ("investigate", "業務のためといえないおそれがあり、調べる"),
                        ],
                        max_length=20,
                        verbose_name="点検の結果",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="確かめたこと")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="閲覧した機関",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.person",
                        verbose_name="閲覧された方",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="点検した人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="閲覧した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "気になる閲覧",
                "verbose_name_plural": "気になる閲覧",
            },
        ),
        migrations.CreateModel(
            name="OddReadingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("same_surname", "閲覧した人と同じ姓の方"),
                            ("unassigned_burst", "担当していない方を続けて閲覧"),
                            ("many_readers", "担当していない人が同じ方を次々に閲覧"),
                            ("repeated", "担当していない方を何日も閲覧"),
                            ("night", "夜間(22時から6時)の閲覧"),
                            ("many_persons", "短い時間に大勢を閲覧"),
                            ("closed", "支援が終わった方を閲覧"),
                        ],
                        max_length=20,
                        verbose_name="理由",
                    ),
                ),
                ("read_on", models.DateField(verbose_name="閲覧の日")),
                ("found", models.CharField(max_length=200, verbose_name="見つかったこと")),
                (
                    "entry_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(verbose_name="番号"), size=None, verbose_name="閲覧の記録"
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="見つけた日時")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="点検した日時")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("duty", "業務のための閲覧だった"),
                            ("investigate", "業務のためといえないおそれがあり、調べる"),
                        ],
                        max_length=20,
                        verbose_name="点検の結果",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="確かめたこと")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="閲覧した機関",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.person",
                        verbose_name="閲覧された方",
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
                        to="cases.oddreading",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="点検した人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="閲覧した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="oddreading",
            index=models.Index(
                condition=models.Q(("reviewed_at__isnull", True)),
                fields=["organisation", "-read_on"],
                name="odd_reading_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="oddreading",
            constraint=models.UniqueConstraint(
                fields=("organisation", "reason", "user", "person", "read_on"),
                name="odd_reading_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="oddreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True), ("verdict", "")),
                    models.Q(
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                        models.Q(("verdict", ""), _negated=True),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="odd_reading_review_complete",
                violation_error_message="点検の結果と確かめたことを入力してください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="oddreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", True),
                    ("reviewed_by__isnull", True),
                    models.Q(("reviewed_by", models.F("user")), _negated=True),
                    _connector="OR",
                ),
                name="odd_reading_not_reviewed_by_reader",
                violation_error_message="自分の閲覧を自分で点検することはできません。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="oddreading",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_oddreadingevent" ("entry_ids", "found", "found_at", "id", "note", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_on", "reason", "reviewed_at", "reviewed_by_id", "user_id", "verdict") VALUES (NEW."entry_ids", NEW."found", NEW."found_at", NEW."id", NEW."note", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."read_on", NEW."reason", NEW."reviewed_at", NEW."reviewed_by_id", NEW."user_id", NEW."verdict"); RETURN NULL;',
                    hash="61873cbbf5d19e993c1e94820e795c1cca50c8a2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c29ed",
                    table="cases_oddreading",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="oddreading",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_oddreadingevent" ("entry_ids", "found", "found_at", "id", "note", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_on", "reason", "reviewed_at", "reviewed_by_id", "user_id", "verdict") VALUES (NEW."entry_ids", NEW."found", NEW."found_at", NEW."id", NEW."note", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."read_on", NEW."reason", NEW."reviewed_at", NEW."reviewed_by_id", NEW."user_id", NEW."verdict"); RETURN NULL;',
                    hash="24f61f0adf5a63df3ad7237171f565dcbf898f4a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4db2a",
                    table="cases_oddreading",
                    when="AFTER",
                ),
            ),
        ),
        RowSecurity("OddReading", OWN),
        RowSecurity("OddReadingEvent", OWN),
        Restrict("OddReading", "DELETE, TRUNCATE"),
        Restrict("OddReadingEvent", "UPDATE, DELETE, TRUNCATE"),
        migrations.RunSQL(READERS_SQL, "DROP FUNCTION ittai_readers_of"),
    ]
