"""Saved views and settings of lists, each user's own; exports, each organisation's own."""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")
papers = import_module("cases.migrations.0013_papers")

ME = "user_id = (SELECT ittai_user())"
# My own views, and those that my organisation or the one above it shares; written for oneself alone.
VIEW = f"{ME} OR (is_shared AND ({papers.LAYOUT}))"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_partner_worker"),
        ("cases", "0016_referrals"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("cases", "ケース"), ("placements", "就職と定着")], max_length=20, verbose_name="一覧"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="使う目的")),
                (
                    "conditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="条件",
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="列"
                    ),
                ),
                (
                    "row_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="行"
                    ),
                ),
                (
                    "person_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="支援対象者"
                    ),
                ),
                ("needs_second", models.BooleanField(verbose_name="もう一人の承認が必要")),
                ("requested_at", models.DateTimeField(verbose_name="求めた日時")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="承認日時")),
                ("refused_at", models.DateTimeField(blank=True, null=True, verbose_name="却下日時")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="この時刻まで")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="取り出した日時")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承認した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="機関",
                    ),
                ),
                (
                    "refused_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="却下した人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="出力した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "一覧の出力",
                "verbose_name_plural": "一覧の出力",
            },
        ),
        migrations.CreateModel(
            name="ListExportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cases", "ケース"), ("placements", "就職と定着")], max_length=20, verbose_name="一覧"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="使う目的")),
                (
                    "conditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="条件",
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="列"
                    ),
                ),
                (
                    "row_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="行"
                    ),
                ),
                (
                    "person_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="支援対象者"
                    ),
                ),
                ("needs_second", models.BooleanField(verbose_name="もう一人の承認が必要")),
                ("requested_at", models.DateTimeField(verbose_name="求めた日時")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="承認日時")),
                ("refused_at", models.DateTimeField(blank=True, null=True, verbose_name="却下日時")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="この時刻まで")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="取り出した日時")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承認した人",
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
                        verbose_name="機関",
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
                        to="cases.listexport",
                    ),
                ),
                (
                    "refused_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="却下した人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="出力した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ListSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cases", "ケース"), ("placements", "就職と定着")], max_length=20, verbose_name="一覧"
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="列"
                    ),
                ),
                ("first_view", models.UUIDField(blank=True, null=True, verbose_name="はじめに開く表示")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="利用者",
                    ),
                ),
            ],
            options={
                "verbose_name": "一覧の設定",
                "verbose_name_plural": "一覧の設定",
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("cases", "ケース"), ("placements", "就職と定着")], max_length=20, verbose_name="一覧"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名前")),
                ("query", models.CharField(blank=True, max_length=500, verbose_name="条件")),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="列"
                    ),
                ),
                ("sort", models.CharField(blank=True, max_length=20, verbose_name="並び順")),
                ("is_shared", models.BooleanField(default=False, verbose_name="機関で共有")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="機関",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="保存した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "一覧の表示",
                "verbose_name_plural": "一覧の表示",
            },
        ),
        migrations.AddIndex(
            model_name="listexport",
            index=models.Index(fields=["organisation", "-requested_at"], name="list_export_by_day"),
        ),
        migrations.AddIndex(
            model_name="listexport",
            index=models.Index(fields=["user", "requested_at"], name="list_export_by_user"),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="list_export_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("user")), _negated=True),
                    _connector="OR",
                ),
                name="list_export_by_two_people",
                violation_error_message="求めた人は、自分では承認できません。",
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_at__isnull", True),
                    ("needs_second", False),
                    ("approved_by__isnull", False),
                    _connector="OR",
                ),
                name="list_export_names_the_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at__isnull", True), ("expires_at__isnull", True)),
                    models.Q(("approved_at__isnull", False), ("expires_at__isnull", False)),
                    _connector="OR",
                ),
                name="list_export_expires",
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_at__isnull", True), ("refused_at__isnull", True), _connector="OR"),
                name="list_export_one_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken_at__isnull", True), ("approved_at__isnull", False), _connector="OR"),
                name="list_export_taken_if_approved",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listexport",
            trigger=pgtrigger.compiler.Trigger(
                name="list_export_as_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."conditions" IS DISTINCT FROM (NEW."conditions") OR OLD."columns" IS DISTINCT FROM (NEW."columns") OR OLD."row_ids" IS DISTINCT FROM (NEW."row_ids") OR OLD."person_ids" IS DISTINCT FROM (NEW."person_ids") OR OLD."needs_second" IS DISTINCT FROM (NEW."needs_second") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0cf6b363ca57f2866f25025bb4b77372915e7647",
                    operation="UPDATE",
                    pgid="pgtrigger_list_export_as_asked_a85b5",
                    table="cases_listexport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listexport",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_listexportevent" ("approved_at", "approved_by_id", "columns", "conditions", "expires_at", "id", "kind", "needs_second", "organisation_id", "person_ids", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "refused_at", "refused_by_id", "requested_at", "row_ids", "taken_at", "user_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."columns", NEW."conditions", NEW."expires_at", NEW."id", NEW."kind", NEW."needs_second", NEW."organisation_id", NEW."person_ids", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."refused_at", NEW."refused_by_id", NEW."requested_at", NEW."row_ids", NEW."taken_at", NEW."user_id"); RETURN NULL;',
                    hash="066cbea4cfd2d685448b346b89d4c4ac20b4c1c3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_169f3",
                    table="cases_listexport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listexport",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_listexportevent" ("approved_at", "approved_by_id", "columns", "conditions", "expires_at", "id", "kind", "needs_second", "organisation_id", "person_ids", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "refused_at", "refused_by_id", "requested_at", "row_ids", "taken_at", "user_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."columns", NEW."conditions", NEW."expires_at", NEW."id", NEW."kind", NEW."needs_second", NEW."organisation_id", NEW."person_ids", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."refused_at", NEW."refused_by_id", NEW."requested_at", NEW."row_ids", NEW."taken_at", NEW."user_id"); RETURN NULL;',
                    hash="4aa522390d873f9d1018bf4fa4b91aaff9fd7bde",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_28575",
                    table="cases_listexport",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="listsetting",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="list_setting_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("user", "kind", "name"), name="saved_view_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_shared", True)),
                fields=("organisation", "kind", "name"),
                name="saved_view_shared_once",
            ),
        ),
        RowSecurity("SavedView", VIEW, check=f"{ME} AND {papers.MINE}"),
        RowSecurity("ListSetting", ME),
        *walls.both(RowSecurity, "ListExport", papers.MINE),
        Restrict("ListExport", "DELETE, TRUNCATE"),
        Restrict("ListExportEvent", "UPDATE, DELETE, TRUNCATE"),
        Restrict("SavedView", "TRUNCATE"),
        Restrict("ListSetting", "TRUNCATE"),
    ]
