"""Files on a case, their bytes in a table of their own, both behind the wall like interview notes."""

from importlib import import_module

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")

MINE = f"organisation_id = {walls.MINE}"
# Read with the case; an own file by its organisation alone; a file of an interview by who reads the note.
FILE = (
    f"{walls.THROUGH_CASE}"
    f" AND CASE visibility WHEN 'shared' THEN true WHEN 'own' THEN {MINE}"
    " WHEN 'team' THEN uploaded_by_id = (SELECT ittai_user()) OR ittai_assigned(case_id) ELSE false END"
    " AND (interview_id IS NULL OR EXISTS (SELECT 1 FROM cases_interview i WHERE i.id = {table}.interview_id))"
)
# The bytes are read by who sees the file, as long as it is not taken back.
BYTES = "EXISTS (SELECT 1 FROM cases_attachment a WHERE a.id = {table}.attachment_id AND a.removed_at IS NULL)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cases", "0006_contact_and_workplace_apart"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="添付日時")),
                ("name", models.CharField(max_length=120, verbose_name="ファイル名")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consent", "同意書"),
                            ("form", "支援要請書・様式"),
                            ("resume", "履歴書・職務経歴書"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="種類",
                    ),
                ),
                ("content_type", models.CharField(max_length=100, verbose_name="形式")),
                ("size_bytes", models.PositiveIntegerField(verbose_name="大きさ(バイト)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("page_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="ページ数")),
                ("width_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="幅(画素)")),
                ("height_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="高さ(画素)")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("shared", "見える機関すべてと共有"),
                            ("team", "いまの担当チームのみ"),
                            ("own", "自機関のみ"),
                        ],
                        default="shared",
                        max_length=20,
                        verbose_name="読める人",
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="取り下げた日時")),
                ("removal_reason", models.CharField(blank=True, max_length=200, verbose_name="取り下げの理由")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.consent",
                        verbose_name="同意",
                    ),
                ),
                (
                    "interview",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.interview",
                        verbose_name="面談記録",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="添付した機関",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り下げた人",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="添付した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "添付ファイル",
                "verbose_name_plural": "添付ファイル",
            },
        ),
        migrations.CreateModel(
            name="AttachmentContent",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="cases.attachment",
                        verbose_name="添付ファイル",
                    ),
                ),
                ("data", models.BinaryField(verbose_name="内容")),
            ],
            options={
                "verbose_name": "添付ファイルの内容",
                "verbose_name_plural": "添付ファイルの内容",
            },
        ),
        migrations.CreateModel(
            name="AttachmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField(verbose_name="添付日時")),
                ("name", models.CharField(max_length=120, verbose_name="ファイル名")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consent", "同意書"),
                            ("form", "支援要請書・様式"),
                            ("resume", "履歴書・職務経歴書"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="種類",
                    ),
                ),
                ("content_type", models.CharField(max_length=100, verbose_name="形式")),
                ("size_bytes", models.PositiveIntegerField(verbose_name="大きさ(バイト)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("page_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="ページ数")),
                ("width_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="幅(画素)")),
                ("height_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="高さ(画素)")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("shared", "見える機関すべてと共有"),
                            ("team", "いまの担当チームのみ"),
                            ("own", "自機関のみ"),
                        ],
                        default="shared",
                        max_length=20,
                        verbose_name="読める人",
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="取り下げた日時")),
                ("removal_reason", models.CharField(blank=True, max_length=200, verbose_name="取り下げの理由")),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.consent",
                        verbose_name="同意",
                    ),
                ),
                (
                    "interview",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.interview",
                        verbose_name="面談記録",
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
                        verbose_name="添付した機関",
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
                        to="cases.attachment",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り下げた人",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="添付した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["case", "uploaded_at"], name="attachment_by_case"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removal_reason", ""), ("removed_at__isnull", True), ("removed_by__isnull", True)),
                    models.Q(
                        ("removed_at__isnull", False),
                        ("removed_by__isnull", False),
                        models.Q(("removal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attachment_removal_complete",
                violation_error_message="取り下げるときは理由を入力してください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["consent", "form", "resume", "other"])), name="attachment_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["shared", "team", "own"])), name="attachment_visibility_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("size_bytes__gt", 0)),
                name="attachment_not_empty",
                violation_error_message="空のファイルは添付できません。",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("case", "organisation", "sha256"),
                name="attachment_once",
                violation_error_message="同じ内容のファイルがすでに添付されています。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="attachment_stays_as_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."uploaded_by_id" IS DISTINCT FROM (NEW."uploaded_by_id") OR OLD."uploaded_at" IS DISTINCT FROM (NEW."uploaded_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."content_type" IS DISTINCT FROM (NEW."content_type") OR OLD."size_bytes" IS DISTINCT FROM (NEW."size_bytes") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."page_count" IS DISTINCT FROM (NEW."page_count") OR OLD."width_px" IS DISTINCT FROM (NEW."width_px") OR OLD."height_px" IS DISTINCT FROM (NEW."height_px") OR OLD."consent_id" IS DISTINCT FROM (NEW."consent_id") OR OLD."interview_id" IS DISTINCT FROM (NEW."interview_id") OR OLD."visibility" IS DISTINCT FROM (NEW."visibility"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6f6b7c5847051e4da5a84111c64311f75610e669",
                    operation="UPDATE",
                    pgid="pgtrigger_attachment_stays_as_sent_f128a",
                    table="cases_attachment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_attachmentevent" ("case_id", "consent_id", "content_type", "height_px", "id", "interview_id", "kind", "name", "organisation_id", "page_count", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removal_reason", "removed_at", "removed_by_id", "sha256", "size_bytes", "uploaded_at", "uploaded_by_id", "visibility", "width_px") VALUES (NEW."case_id", NEW."consent_id", NEW."content_type", NEW."height_px", NEW."id", NEW."interview_id", NEW."kind", NEW."name", NEW."organisation_id", NEW."page_count", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removal_reason", NEW."removed_at", NEW."removed_by_id", NEW."sha256", NEW."size_bytes", NEW."uploaded_at", NEW."uploaded_by_id", NEW."visibility", NEW."width_px"); RETURN NULL;',
                    hash="6e2a96f9d5dd2dc52165dcaa01995f63b269c23f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_385a1",
                    table="cases_attachment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_attachmentevent" ("case_id", "consent_id", "content_type", "height_px", "id", "interview_id", "kind", "name", "organisation_id", "page_count", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removal_reason", "removed_at", "removed_by_id", "sha256", "size_bytes", "uploaded_at", "uploaded_by_id", "visibility", "width_px") VALUES (NEW."case_id", NEW."consent_id", NEW."content_type", NEW."height_px", NEW."id", NEW."interview_id", NEW."kind", NEW."name", NEW."organisation_id", NEW."page_count", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removal_reason", NEW."removed_at", NEW."removed_by_id", NEW."sha256", NEW."size_bytes", NEW."uploaded_at", NEW."uploaded_by_id", NEW."visibility", NEW."width_px"); RETURN NULL;',
                    hash="c1767bb447db10ab32b27a10039582e7dee0a18e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ced6b",
                    table="cases_attachment",
                    when="AFTER",
                ),
            ),
        ),
        RowSecurity("Attachment", FILE),
        RowSecurity("AttachmentEvent", FILE),
        RowSecurity("AttachmentContent", BYTES),
        Restrict("Attachment", "DELETE, TRUNCATE"),
        Restrict("AttachmentEvent", "UPDATE, DELETE, TRUNCATE"),
        Restrict("AttachmentContent", "UPDATE, DELETE, TRUNCATE"),
        CompositeForeignKey("Attachment", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
        CompositeForeignKey("Attachment", ("interview_id", "case_id"), "cases_interview", ("id", "case_id")),
    ]
