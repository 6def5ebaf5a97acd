"""Reviews of a plan and its extension, layouts of forms, success stories; all behind the wall."""

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
# A layout is my organisation's, or that of the one above it; it is written for one's own alone.
LAYOUT = (
    f"{MINE} OR EXISTS (SELECT 1 FROM accounts_organisation o"
    f" WHERE o.id = {walls.MINE} AND o.parent_id = {{table}}.organisation_id)"
)
# A story is its organisation's until it is shared with those who sign or take part in the agreement.
STORY = (
    f"{MINE} OR (status = 'shared' AND ("
    f"EXISTS (SELECT 1 FROM agreements_party p WHERE p.agreement_id = {{table}}.agreement_id"
    f" AND p.organisation_id = {walls.MINE})"
    f" OR EXISTS (SELECT 1 FROM agreements_agreement_participants p WHERE p.agreement_id = {{table}}.agreement_id"
    f" AND p.organisation_id = {walls.MINE})))"
)
# Written by who sees the case; sharing can be stopped also after the case is out of sight.
STORY_WRITTEN = f"{MINE} AND (status = 'stopped' OR {walls.THROUGH_CASE})"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_identity"),
        ("agreements", "0003_participants"),
        ("cases", "0012_search_indexes"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormTemplate",
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
                        choices=[
                            ("support-request", "支援要請書"),
                            ("personal-sheet", "個人票A"),
                            ("check-sheet", "チェックシート"),
                            ("consent", "同意書"),
                        ],
                        max_length=20,
                        verbose_name="様式",
                    ),
                ),
                ("version_number", models.PositiveSmallIntegerField(verbose_name="第何版")),
                ("body", models.TextField(blank=True, verbose_name="内容(HTML)")),
                ("valid_from", models.DateField(verbose_name="使い始める日")),
                ("note", models.CharField(max_length=200, verbose_name="変えた理由")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
            ],
            options={
                "verbose_name": "様式",
                "verbose_name_plural": "様式",
            },
        ),
        migrations.CreateModel(
            name="FormTemplateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("support-request", "支援要請書"),
                            ("personal-sheet", "個人票A"),
                            ("check-sheet", "チェックシート"),
                            ("consent", "同意書"),
                        ],
                        max_length=20,
                        verbose_name="様式",
                    ),
                ),
                ("version_number", models.PositiveSmallIntegerField(verbose_name="第何版")),
                ("body", models.TextField(blank=True, verbose_name="内容(HTML)")),
                ("valid_from", models.DateField(verbose_name="使い始める日")),
                ("note", models.CharField(max_length=200, verbose_name="変えた理由")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanReview",
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
                        choices=[("monitoring", "途中の見直し(モニタリング)"), ("final", "支援の終わりの評価")],
                        default="monitoring",
                        max_length=20,
                        verbose_name="種類",
                    ),
                ),
                ("reviewed_on", models.DateField(verbose_name="見直した日")),
                ("reached", models.TextField(verbose_name="目標にどこまで近づいたか")),
                ("person_said", models.TextField(blank=True, verbose_name="本人の感想・希望")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("continue", "プランのまま続ける"),
                            ("extend", "期間を延長する"),
                            ("revise", "プランを作り直す"),
                            ("finish", "支援を終える"),
                        ],
                        max_length=20,
                        verbose_name="これから",
                    ),
                ),
                ("next_step", models.TextField(blank=True, verbose_name="次に行うこと")),
                (
                    "municipal_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="市区町村の確認日時"),
                ),
                (
                    "national_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ハローワークの確認日時"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
            ],
            options={
                "verbose_name": "プランの見直し",
                "verbose_name_plural": "プランの見直し",
            },
        ),
        migrations.CreateModel(
            name="PlanReviewEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("monitoring", "途中の見直し(モニタリング)"), ("final", "支援の終わりの評価")],
                        default="monitoring",
                        max_length=20,
                        verbose_name="種類",
                    ),
                ),
                ("reviewed_on", models.DateField(verbose_name="見直した日")),
                ("reached", models.TextField(verbose_name="目標にどこまで近づいたか")),
                ("person_said", models.TextField(blank=True, verbose_name="本人の感想・希望")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("continue", "プランのまま続ける"),
                            ("extend", "期間を延長する"),
                            ("revise", "プランを作り直す"),
                            ("finish", "支援を終える"),
                        ],
                        max_length=20,
                        verbose_name="これから",
                    ),
                ),
                ("next_step", models.TextField(blank=True, verbose_name="次に行うこと")),
                (
                    "municipal_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="市区町村の確認日時"),
                ),
                (
                    "national_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ハローワークの確認日時"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanReviewItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("reached", "できた"),
                            ("partly", "一部できた"),
                            ("not_yet", "まだできていない"),
                            ("not_done", "行わなかった"),
                        ],
                        max_length=20,
                        verbose_name="結果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="補足")),
            ],
            options={
                "verbose_name": "メニューごとの結果",
                "verbose_name_plural": "メニューごとの結果",
            },
        ),
        migrations.CreateModel(
            name="PlanReviewItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("reached", "できた"),
                            ("partly", "一部できた"),
                            ("not_yet", "まだできていない"),
                            ("not_done", "行わなかった"),
                        ],
                        max_length=20,
                        verbose_name="結果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="補足")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SuccessStory",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("title", models.CharField(max_length=100, verbose_name="見出し")),
                ("age_band", models.CharField(blank=True, max_length=20, verbose_name="年代")),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "女性"),
                            ("male", "男性"),
                            ("other", "その他"),
                            ("unanswered", "回答しない"),
                        ],
                        default="unanswered",
                        max_length=20,
                        verbose_name="性別",
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=100, verbose_name="対象区分")),
                ("desired_job", models.CharField(blank=True, max_length=100, verbose_name="希望職種")),
                (
                    "support_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="支援期間(月)"),
                ),
                ("application_count", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="応募社数")),
                ("challenges", models.TextField(verbose_name="① 課題")),
                ("support", models.TextField(verbose_name="② 支援内容・ポイント・経過")),
                ("result", models.TextField(verbose_name="③ 結果")),
                ("worker_comment", models.TextField(blank=True, verbose_name="④ 担当者所感")),
                ("person_comment", models.TextField(blank=True, verbose_name="⑤ 本人コメント")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "確認待ち"),
                            ("returned", "書き直し"),
                            ("shared", "共有中"),
                            ("stopped", "共有を止めた"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="状態",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="書いた日時")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="確かめた日時")),
                ("review_note", models.CharField(blank=True, max_length=300, verbose_name="確かめた人から")),
            ],
            options={
                "verbose_name": "就職成功例",
                "verbose_name_plural": "就職成功例",
            },
        ),
        migrations.CreateModel(
            name="SuccessStoryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("title", models.CharField(max_length=100, verbose_name="見出し")),
                ("age_band", models.CharField(blank=True, max_length=20, verbose_name="年代")),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "女性"),
                            ("male", "男性"),
                            ("other", "その他"),
                            ("unanswered", "回答しない"),
                        ],
                        default="unanswered",
                        max_length=20,
                        verbose_name="性別",
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=100, verbose_name="対象区分")),
                ("desired_job", models.CharField(blank=True, max_length=100, verbose_name="希望職種")),
                (
                    "support_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="支援期間(月)"),
                ),
                ("application_count", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="応募社数")),
                ("challenges", models.TextField(verbose_name="① 課題")),
                ("support", models.TextField(verbose_name="② 支援内容・ポイント・経過")),
                ("result", models.TextField(verbose_name="③ 結果")),
                ("worker_comment", models.TextField(blank=True, verbose_name="④ 担当者所感")),
                ("person_comment", models.TextField(blank=True, verbose_name="⑤ 本人コメント")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "確認待ち"),
                            ("returned", "書き直し"),
                            ("shared", "共有中"),
                            ("stopped", "共有を止めた"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="状態",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="書いた日時")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="確かめた日時")),
                ("review_note", models.CharField(blank=True, max_length=300, verbose_name="確かめた人から")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="supportplan",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="supportplan",
            name="update_update",
        ),
        migrations.AddField(
            model_name="supportplan",
            name="conference_on",
            field=models.DateField(blank=True, null=True, verbose_name="延長を決めたケース会議の日"),
        ),
        migrations.AddField(
            model_name="supportplan",
            name="extension_reason",
            field=models.CharField(
                blank=True,
                help_text="前の版の期間を延ばしたときだけ入ります。",
                max_length=500,
                verbose_name="延長の理由",
            ),
        ),
        migrations.AddField(
            model_name="supportplanevent",
            name="conference_on",
            field=models.DateField(blank=True, null=True, verbose_name="延長を決めたケース会議の日"),
        ),
        migrations.AddField(
            model_name="supportplanevent",
            name="extension_reason",
            field=models.CharField(
                blank=True,
                help_text="前の版の期間を延ばしたときだけ入ります。",
                max_length=500,
                verbose_name="延長の理由",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_supportplanevent" ("case_id", "conference_on", "created_at", "created_by_id", "ends_on", "extension_reason", "goal", "id", "issues", "municipal_confirmed_at", "municipal_confirmed_by_id", "national_confirmed_at", "national_confirmed_by_id", "organisation_id", "person_agreed_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "starts_on", "version", "version_number") VALUES (NEW."case_id", NEW."conference_on", NEW."created_at", NEW."created_by_id", NEW."ends_on", NEW."extension_reason", NEW."goal", NEW."id", NEW."issues", NEW."municipal_confirmed_at", NEW."municipal_confirmed_by_id", NEW."national_confirmed_at", NEW."national_confirmed_by_id", NEW."organisation_id", NEW."person_agreed_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."review_on", NEW."starts_on", NEW."version", NEW."version_number"); RETURN NULL;',
                    hash="1b51091a529360ffc365aec17e5701f503b7e999",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_69fd8",
                    table="cases_supportplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_supportplanevent" ("case_id", "conference_on", "created_at", "created_by_id", "ends_on", "extension_reason", "goal", "id", "issues", "municipal_confirmed_at", "municipal_confirmed_by_id", "national_confirmed_at", "national_confirmed_by_id", "organisation_id", "person_agreed_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "starts_on", "version", "version_number") VALUES (NEW."case_id", NEW."conference_on", NEW."created_at", NEW."created_by_id", NEW."ends_on", NEW."extension_reason", NEW."goal", NEW."id", NEW."issues", NEW."municipal_confirmed_at", NEW."municipal_confirmed_by_id", NEW."national_confirmed_at", NEW."national_confirmed_by_id", NEW."organisation_id", NEW."person_agreed_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."review_on", NEW."starts_on", NEW."version", NEW."version_number"); RETURN NULL;',
                    hash="f9be6866a4fd4d62d8ed64ca39effad8001c56dc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c4605",
                    table="cases_supportplan",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="supportplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("conference_on__isnull", True), ("extension_reason", "")),
                    models.Q(models.Q(("extension_reason", ""), _negated=True), ("conference_on__isnull", False)),
                    _connector="OR",
                ),
                name="support_plan_extension_complete",
                violation_error_message="延長するときは、理由とケース会議の日を入力してください。",
            ),
        ),
        migrations.AddField(
            model_name="formtemplate",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登録した人",
            ),
        ),
        migrations.AddField(
            model_name="formtemplate",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="機関",
            ),
        ),
        migrations.AddField(
            model_name="formtemplateevent",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登録した人",
            ),
        ),
        migrations.AddField(
            model_name="formtemplateevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="機関",
            ),
        ),
        migrations.AddField(
            model_name="formtemplateevent",
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
            model_name="formtemplateevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.formtemplate",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan_reviews",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="municipal_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="市区町村で確認した人",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="national_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ハローワークで確認した人",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="記録した機関",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="cases.supportplan",
                verbose_name="支援プラン",
            ),
        ),
        migrations.AddField(
            model_name="planreview",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="記録した人",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="municipal_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="市区町村で確認した人",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="national_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ハローワークで確認した人",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="記録した機関",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
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
            model_name="planreviewevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.planreview",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.supportplan",
                verbose_name="支援プラン",
            ),
        ),
        migrations.AddField(
            model_name="planreviewevent",
            name="written_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="記録した人",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitem",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case", verbose_name="ケース"
            ),
        ),
        migrations.AddField(
            model_name="planreviewitem",
            name="plan_menu",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review_items",
                to="cases.planmenu",
                verbose_name="プランの支援メニュー",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitem",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="cases.planreview",
                verbose_name="見直し",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitemevent",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitemevent",
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
            model_name="planreviewitemevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.planreviewitem",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitemevent",
            name="plan_menu",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.planmenu",
                verbose_name="プランの支援メニュー",
            ),
        ),
        migrations.AddField(
            model_name="planreviewitemevent",
            name="review",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.planreview",
                verbose_name="見直し",
            ),
        ),
        migrations.AddField(
            model_name="successstory",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.agreement",
                verbose_name="協定",
            ),
        ),
        migrations.AddField(
            model_name="successstory",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case", verbose_name="ケース"
            ),
        ),
        migrations.AddField(
            model_name="successstory",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="書いた機関",
            ),
        ),
        migrations.AddField(
            model_name="successstory",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="確かめた人",
            ),
        ),
        migrations.AddField(
            model_name="successstory",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="書いた人",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
            name="agreement",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="agreements.agreement",
                verbose_name="協定",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="書いた機関",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
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
            model_name="successstoryevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.successstory",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="確かめた人",
            ),
        ),
        migrations.AddField(
            model_name="successstoryevent",
            name="written_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="書いた人",
            ),
        ),
        migrations.AddConstraint(
            model_name="formtemplate",
            constraint=models.UniqueConstraint(
                fields=("organisation", "kind", "version_number"),
                name="form_template_version_once",
                violation_error_message="ほかの人が先に新しい版を登録しました。画面を開き直して確かめてください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="formtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["support-request", "personal-sheet", "check-sheet", "consent"])),
                name="form_template_kind_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formtemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_formtemplateevent" ("body", "created_at", "created_by_id", "id", "kind", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "version_number") VALUES (NEW."body", NEW."created_at", NEW."created_by_id", NEW."id", NEW."kind", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."version_number"); RETURN NULL;',
                    hash="e4f1f1e8943af25dd79da434857bc29e19efe0b4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dc00c",
                    table="cases_formtemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formtemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_formtemplateevent" ("body", "created_at", "created_by_id", "id", "kind", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "version_number") VALUES (NEW."body", NEW."created_at", NEW."created_by_id", NEW."id", NEW."kind", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_from", NEW."version_number"); RETURN NULL;',
                    hash="fdf6efd43c111dfe3ddab3a1ba5373d64123e447",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6ca7b",
                    table="cases_formtemplate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="planreview",
            index=models.Index(fields=["case", "reviewed_on"], name="plan_review_by_case"),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("reached", ""), _negated=True),
                name="plan_review_has_text",
                violation_error_message="目標にどこまで近づいたかを入力してください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["monitoring", "final"])), name="plan_review_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["continue", "extend", "revise", "finish"])),
                name="plan_review_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("municipal_confirmed_at__isnull", True), ("municipal_confirmed_by__isnull", True)),
                    models.Q(("municipal_confirmed_at__isnull", False), ("municipal_confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="plan_review_municipal_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("national_confirmed_at__isnull", True), ("national_confirmed_by__isnull", True)),
                    models.Q(("national_confirmed_at__isnull", False), ("national_confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="plan_review_national_pair",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planreview",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_planreviewevent" ("case_id", "created_at", "id", "kind", "municipal_confirmed_at", "municipal_confirmed_by_id", "national_confirmed_at", "national_confirmed_by_id", "next_step", "organisation_id", "outcome", "person_said", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reached", "reviewed_on", "written_by_id") VALUES (NEW."case_id", NEW."created_at", NEW."id", NEW."kind", NEW."municipal_confirmed_at", NEW."municipal_confirmed_by_id", NEW."national_confirmed_at", NEW."national_confirmed_by_id", NEW."next_step", NEW."organisation_id", NEW."outcome", NEW."person_said", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."reached", NEW."reviewed_on", NEW."written_by_id"); RETURN NULL;',
                    hash="f173c80e42dda966d49079640ebc12ab7836d2d1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c4bb4",
                    table="cases_planreview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planreview",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_planreviewevent" ("case_id", "created_at", "id", "kind", "municipal_confirmed_at", "municipal_confirmed_by_id", "national_confirmed_at", "national_confirmed_by_id", "next_step", "organisation_id", "outcome", "person_said", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reached", "reviewed_on", "written_by_id") VALUES (NEW."case_id", NEW."created_at", NEW."id", NEW."kind", NEW."municipal_confirmed_at", NEW."municipal_confirmed_by_id", NEW."national_confirmed_at", NEW."national_confirmed_by_id", NEW."next_step", NEW."organisation_id", NEW."outcome", NEW."person_said", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."reached", NEW."reviewed_on", NEW."written_by_id"); RETURN NULL;',
                    hash="54e3a5f9cdf17b5737f7d28df07ca3dc5c67e04f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9065d",
                    table="cases_planreview",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="planreviewitem",
            constraint=models.UniqueConstraint(fields=("review", "plan_menu"), name="plan_review_item_once"),
        ),
        migrations.AddConstraint(
            model_name="planreviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["reached", "partly", "not_yet", "not_done"])),
                name="plan_review_item_result_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planreviewitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_planreviewitemevent" ("case_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_menu_id", "result", "review_id") VALUES (NEW."case_id", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_menu_id", NEW."result", NEW."review_id"); RETURN NULL;',
                    hash="9f5a2a1ecf95e421163afca7dffe130bc22785d4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ea608",
                    table="cases_planreviewitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planreviewitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_planreviewitemevent" ("case_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_menu_id", "result", "review_id") VALUES (NEW."case_id", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_menu_id", NEW."result", NEW."review_id"); RETURN NULL;',
                    hash="4d9cb4199221beb3a6efd9eb88af0fe86eadfbb5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b6d5c",
                    table="cases_planreviewitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="successstory",
            index=models.Index(fields=["agreement", "status", "-reviewed_at"], name="success_story_list"),
        ),
        migrations.AddConstraint(
            model_name="successstory",
            constraint=models.UniqueConstraint(
                fields=("case", "organisation"),
                name="success_story_once",
                violation_error_message="このケースの成功例はすでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="successstory",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "returned", "shared", "stopped"])),
                name="success_story_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="successstory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True), ("status", "waiting")),
                    models.Q(
                        models.Q(("status", "waiting"), _negated=True),
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="success_story_review_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="successstory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "shared"), _negated=True),
                    models.Q(("reviewed_by", models.F("written_by")), _negated=True),
                    _connector="OR",
                ),
                name="success_story_by_two_people",
                violation_error_message="書いた本人は共有を決められません。ほかの管理者が確かめてください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successstory",
            trigger=pgtrigger.compiler.Trigger(
                name="success_story_moves_by_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{returned:waiting,shared:stopped,stopped:waiting,waiting:returned,waiting:shared}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="d957bb92ebac901dba9569e1c79a091b190c3c5b",
                    operation="UPDATE",
                    pgid="pgtrigger_success_story_moves_by_table_4aa22",
                    table="cases_successstory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successstory",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_successstoryevent" ("age_band", "agreement_id", "application_count", "case_id", "challenges", "desired_job", "group", "id", "organisation_id", "person_comment", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result", "review_note", "reviewed_at", "reviewed_by_id", "sex", "status", "support", "support_months", "title", "version", "worker_comment", "written_at", "written_by_id") VALUES (NEW."age_band", NEW."agreement_id", NEW."application_count", NEW."case_id", NEW."challenges", NEW."desired_job", NEW."group", NEW."id", NEW."organisation_id", NEW."person_comment", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."result", NEW."review_note", NEW."reviewed_at", NEW."reviewed_by_id", NEW."sex", NEW."status", NEW."support", NEW."support_months", NEW."title", NEW."version", NEW."worker_comment", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="4d1cf8b25101737ee64bdd01e1d9eac8b321a853",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_71e8b",
                    table="cases_successstory",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successstory",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_successstoryevent" ("age_band", "agreement_id", "application_count", "case_id", "challenges", "desired_job", "group", "id", "organisation_id", "person_comment", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result", "review_note", "reviewed_at", "reviewed_by_id", "sex", "status", "support", "support_months", "title", "version", "worker_comment", "written_at", "written_by_id") VALUES (NEW."age_band", NEW."agreement_id", NEW."application_count", NEW."case_id", NEW."challenges", NEW."desired_job", NEW."group", NEW."id", NEW."organisation_id", NEW."person_comment", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."result", NEW."review_note", NEW."reviewed_at", NEW."reviewed_by_id", NEW."sex", NEW."status", NEW."support", NEW."support_months", NEW."title", NEW."version", NEW."worker_comment", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="91a8c26089f314d77180d5bbdfe9ceca7d450dac",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f86f8",
                    table="cases_successstory",
                    when="AFTER",
                ),
            ),
        ),
        *walls.both(RowSecurity, "PlanReview", walls.THROUGH_CASE),
        *walls.both(RowSecurity, "PlanReviewItem", walls.THROUGH_CASE),
        *walls.both(RowSecurity, "FormTemplate", LAYOUT, check=MINE),
        RowSecurity("SuccessStory", STORY, check=STORY_WRITTEN),
        RowSecurity("SuccessStoryEvent", MINE),
        Restrict("PlanReview", "DELETE, TRUNCATE"),
        Restrict("PlanReviewItem", "UPDATE, DELETE, TRUNCATE"),
        Restrict("FormTemplate", "UPDATE, DELETE, TRUNCATE"),
        Restrict("SuccessStory", "DELETE, TRUNCATE"),
        *(
            Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE")
            for name in ("PlanReview", "PlanReviewItem", "FormTemplate", "SuccessStory")
        ),
        CompositeForeignKey("PlanReview", ("plan_id", "case_id"), "cases_supportplan", ("id", "case_id")),
        CompositeForeignKey("PlanReviewItem", ("review_id", "case_id"), "cases_planreview", ("id", "case_id")),
        CompositeForeignKey("PlanReviewItem", ("plan_menu_id", "case_id"), "cases_planmenu", ("id", "case_id")),
    ]
