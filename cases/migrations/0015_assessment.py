"""Assessment, obstacles, work history, checklist, interpreter need and hand-over sheets, behind the wall of their kind."""

from importlib import import_module

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")

# Kinds of facts by the grant; what no consent names by the organisation that wrote it.
OBSTACLE = (
    f"({walls.INCLUDED}) AND CASE visibility WHEN 'shared' THEN true WHEN 'own' THEN organisation_id = {walls.MINE}"
    " ELSE false END"
)
USING = {
    "Assessment": walls.THROUGH_CASE,
    "Obstacle": OBSTACLE,
    "WorkHistory": walls.THROUGH_CASE,
    "PastWorkplace": walls.WORKPLACE,
    "Qualification": walls.THROUGH_CASE,
    "ChecklistRound": walls.THROUGH_CASE,
    "ChecklistAnswer": walls.INCLUDED,
    "InterpreterNeed": walls.THROUGH_PERSON,
    "HandoverSheet": walls.THROUGH_CASE,
}
CHECK = {"PastWorkplace": walls.THROUGH_CASE}
SAME = (
    ("PastWorkplace", ("history_id", "case_id"), "cases_workhistory", ("id", "case_id")),
    ("ChecklistAnswer", ("round_id", "case_id"), "cases_checklistround", ("id", "case_id")),
    ("HandoverSheet", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    # Only to whom the person named.
    ("HandoverSheet", ("consent_id", "recipient_id"), "cases_consentrecipient", ("consent_id", "organisation_id")),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_identity"),
        ("cases", "0014_meetings"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("version_number", models.PositiveSmallIntegerField(verbose_name="第何版")),
                ("assessed_on", models.DateField(verbose_name="アセスメントの日")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
                ("strengths_person", models.TextField(blank=True, verbose_name="強み(本人の言葉)")),
                ("strengths_worker", models.TextField(blank=True, verbose_name="強み(支援者の見立て)")),
                (
                    "issues_person",
                    models.TextField(
                        blank=True,
                        help_text="健康・家計・家族のことは「くらしの状況」と「課題と対応」に書きます(読める機関が分かれます)。",
                        verbose_name="課題(本人の言葉)",
                    ),
                ),
                ("issues_worker", models.TextField(blank=True, verbose_name="課題(支援者の見立て)")),
                ("education", models.CharField(blank=True, max_length=100, verbose_name="最終学歴")),
                ("wish_job_1", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 1")),
                ("wish_job_2", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 2")),
                ("wish_job_3", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 3")),
                (
                    "wish_area",
                    models.CharField(
                        blank=True, help_text="例: 市内、駅の近く", max_length=100, verbose_name="希望する勤務地"
                    ),
                ),
                (
                    "wish_commute_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MaxValueValidator(240, "通勤時間は240分以内で入力してください。")
                        ],
                        verbose_name="通勤時間(片道、分まで)",
                    ),
                ),
                (
                    "wish_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1, "日数は1日から7日までで入力してください。"),
                            django.core.validators.MaxValueValidator(7, "日数は1日から7日までで入力してください。"),
                        ],
                        verbose_name="週に働きたい日数",
                    ),
                ),
                (
                    "wish_hours",
                    models.CharField(
                        blank=True, help_text="例: 9時〜15時、夜は不可", max_length=100, verbose_name="働きたい時間帯"
                    ),
                ),
                ("wish_wage_yen", models.PositiveIntegerField(blank=True, null=True, verbose_name="希望する時給(円)")),
                (
                    "wish_employment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("regular", "正社員"),
                            ("part_time", "パート・アルバイト"),
                            ("contract", "契約社員"),
                            ("dispatch", "派遣"),
                            ("trial", "トライアル雇用"),
                            ("self_employed", "自営・請負"),
                            ("continuous_a", "就労継続支援A型"),
                            ("training_employed", "認定就労訓練(雇用型)"),
                        ],
                        max_length=20,
                        verbose_name="希望する雇用形態",
                    ),
                ),
                (
                    "wish_pay_cycle",
                    models.CharField(
                        blank=True,
                        choices=[("monthly", "月払"), ("weekly", "週払"), ("daily", "日払")],
                        max_length=20,
                        verbose_name="希望する賃金の支払い",
                    ),
                ),
                ("wish_start", models.CharField(blank=True, max_length=100, verbose_name="働き始めたい時期")),
                (
                    "transports",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("walk", "徒歩"),
                                ("bicycle", "自転車"),
                                ("public", "電車・バス"),
                                ("motorbike", "原付・バイク"),
                                ("car", "自動車"),
                                ("lift", "送迎が必要"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="移動手段",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="電話",
                    ),
                ),
                (
                    "identity_document",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="本人確認書類",
                    ),
                ),
                (
                    "bank_account",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="銀行口座",
                    ),
                ),
                (
                    "driving_licence",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="運転免許",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="作成した機関",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作成した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "アセスメント",
                "verbose_name_plural": "アセスメント",
            },
        ),
        migrations.CreateModel(
            name="AssessmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("version_number", models.PositiveSmallIntegerField(verbose_name="第何版")),
                ("assessed_on", models.DateField(verbose_name="アセスメントの日")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
                ("strengths_person", models.TextField(blank=True, verbose_name="強み(本人の言葉)")),
                ("strengths_worker", models.TextField(blank=True, verbose_name="強み(支援者の見立て)")),
                (
                    "issues_person",
                    models.TextField(
                        blank=True,
                        help_text="健康・家計・家族のことは「くらしの状況」と「課題と対応」に書きます(読める機関が分かれます)。",
                        verbose_name="課題(本人の言葉)",
                    ),
                ),
                ("issues_worker", models.TextField(blank=True, verbose_name="課題(支援者の見立て)")),
                ("education", models.CharField(blank=True, max_length=100, verbose_name="最終学歴")),
                ("wish_job_1", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 1")),
                ("wish_job_2", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 2")),
                ("wish_job_3", models.CharField(blank=True, max_length=100, verbose_name="希望する仕事 3")),
                (
                    "wish_area",
                    models.CharField(
                        blank=True, help_text="例: 市内、駅の近く", max_length=100, verbose_name="希望する勤務地"
                    ),
                ),
                (
                    "wish_commute_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MaxValueValidator(240, "通勤時間は240分以内で入力してください。")
                        ],
                        verbose_name="通勤時間(片道、分まで)",
                    ),
                ),
                (
                    "wish_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1, "日数は1日から7日までで入力してください。"),
                            django.core.validators.MaxValueValidator(7, "日数は1日から7日までで入力してください。"),
                        ],
                        verbose_name="週に働きたい日数",
                    ),
                ),
                (
                    "wish_hours",
                    models.CharField(
                        blank=True, help_text="例: 9時〜15時、夜は不可", max_length=100, verbose_name="働きたい時間帯"
                    ),
                ),
                ("wish_wage_yen", models.PositiveIntegerField(blank=True, null=True, verbose_name="希望する時給(円)")),
                (
                    "wish_employment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("regular", "正社員"),
                            ("part_time", "パート・アルバイト"),
                            ("contract", "契約社員"),
                            ("dispatch", "派遣"),
                            ("trial", "トライアル雇用"),
                            ("self_employed", "自営・請負"),
                            ("continuous_a", "就労継続支援A型"),
                            ("training_employed", "認定就労訓練(雇用型)"),
                        ],
                        max_length=20,
                        verbose_name="希望する雇用形態",
                    ),
                ),
                (
                    "wish_pay_cycle",
                    models.CharField(
                        blank=True,
                        choices=[("monthly", "月払"), ("weekly", "週払"), ("daily", "日払")],
                        max_length=20,
                        verbose_name="希望する賃金の支払い",
                    ),
                ),
                ("wish_start", models.CharField(blank=True, max_length=100, verbose_name="働き始めたい時期")),
                (
                    "transports",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("walk", "徒歩"),
                                ("bicycle", "自転車"),
                                ("public", "電車・バス"),
                                ("motorbike", "原付・バイク"),
                                ("car", "自動車"),
                                ("lift", "送迎が必要"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="移動手段",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="電話",
                    ),
                ),
                (
                    "identity_document",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="本人確認書類",
                    ),
                ),
                (
                    "bank_account",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="銀行口座",
                    ),
                ),
                (
                    "driving_licence",
                    models.CharField(
                        choices=[("unknown", "未確認"), ("has", "あり"), ("has_not", "なし"), ("applying", "準備中")],
                        default="unknown",
                        max_length=20,
                        verbose_name="運転免許",
                    ),
                ),
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
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="作成した機関",
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
                        to="cases.assessment",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作成した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChecklistAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=20, verbose_name="項目")),
                (
                    "field_group",
                    models.CharField(
                        blank=True,
                        choices=[("health", "健康・障害"), ("finance", "家計"), ("family", "家族")],
                        max_length=20,
                        verbose_name="情報の種類",
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="答え(0〜3)")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
            ],
            options={
                "verbose_name": "自立度チェックの答え",
                "verbose_name_plural": "自立度チェックの答え",
            },
        ),
        migrations.CreateModel(
            name="ChecklistRound",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("checked_on", models.DateField(verbose_name="確認した日")),
                ("with_person", models.BooleanField(default=True, verbose_name="本人と一緒に確認した")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="気づいたこと")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checklist_rounds",
                        to="cases.case",
                        verbose_name="ケース",
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
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "自立度チェック",
                "verbose_name_plural": "自立度チェック",
            },
        ),
        migrations.CreateModel(
            name="ChecklistAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=20, verbose_name="項目")),
                (
                    "field_group",
                    models.CharField(
                        blank=True,
                        choices=[("health", "健康・障害"), ("finance", "家計"), ("family", "家族")],
                        max_length=20,
                        verbose_name="情報の種類",
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="答え(0〜3)")),
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
                        to="cases.checklistanswer",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.checklistround",
                        verbose_name="自立度チェック",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="checklistanswer",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="cases.checklistround",
                verbose_name="自立度チェック",
            ),
        ),
        migrations.CreateModel(
            name="ChecklistRoundEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("checked_on", models.DateField(verbose_name="確認した日")),
                ("with_person", models.BooleanField(default=True, verbose_name="本人と一緒に確認した")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="気づいたこと")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
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
                        to="cases.checklistround",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認した人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HandoverSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("section", models.CharField(blank=True, max_length=100, verbose_name="つなぎ先の課・窓口")),
                ("handed_on", models.DateField(verbose_name="つないだ日")),
                ("asked", models.TextField(verbose_name="相談されたこと")),
                ("wanted", models.TextField(verbose_name="お願いしたいこと")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover_sheets",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.consent",
                        verbose_name="同意",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="つないだ機関",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="つなぎ先",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="つないだ人",
                    ),
                ),
            ],
            options={
                "verbose_name": "相談つなぎシート",
                "verbose_name_plural": "相談つなぎシート",
            },
        ),
        migrations.CreateModel(
            name="HandoverSheetEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("section", models.CharField(blank=True, max_length=100, verbose_name="つなぎ先の課・窓口")),
                ("handed_on", models.DateField(verbose_name="つないだ日")),
                ("asked", models.TextField(verbose_name="相談されたこと")),
                ("wanted", models.TextField(verbose_name="お願いしたいこと")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.consent",
                        verbose_name="同意",
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
                        verbose_name="つないだ機関",
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
                        to="cases.handoversheet",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="つなぎ先",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="つないだ人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InterpreterNeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "manner",
                    models.CharField(
                        choices=[("present", "同席"), ("phone", "電話"), ("video", "オンライン")],
                        default="present",
                        max_length=20,
                        verbose_name="通訳の方法",
                    ),
                ),
                (
                    "gender_wish",
                    models.CharField(
                        choices=[("any", "希望なし"), ("female", "女性を希望"), ("male", "男性を希望")],
                        default="any",
                        max_length=20,
                        verbose_name="通訳の性別",
                    ),
                ),
                (
                    "sheet_language",
                    models.CharField(
                        choices=[("ja", "やさしい日本語"), ("pt", "ポルトガル語 / Português")],
                        default="ja",
                        max_length=10,
                        verbose_name="渡す紙の言語",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="通訳についての補足")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interpreter_need",
                        to="cases.person",
                        verbose_name="支援対象者",
                    ),
                ),
            ],
            options={
                "verbose_name": "通訳の希望",
                "verbose_name_plural": "通訳の希望",
            },
        ),
        migrations.CreateModel(
            name="InterpreterNeedEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "manner",
                    models.CharField(
                        choices=[("present", "同席"), ("phone", "電話"), ("video", "オンライン")],
                        default="present",
                        max_length=20,
                        verbose_name="通訳の方法",
                    ),
                ),
                (
                    "gender_wish",
                    models.CharField(
                        choices=[("any", "希望なし"), ("female", "女性を希望"), ("male", "男性を希望")],
                        default="any",
                        max_length=20,
                        verbose_name="通訳の性別",
                    ),
                ),
                (
                    "sheet_language",
                    models.CharField(
                        choices=[("ja", "やさしい日本語"), ("pt", "ポルトガル語 / Português")],
                        default="ja",
                        max_length=10,
                        verbose_name="渡す紙の言語",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="通訳についての補足")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.person",
                        verbose_name="支援対象者",
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
                        to="cases.interpreterneed",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("body", "健康(身体)"),
                            ("mind", "健康(精神)"),
                            ("disability", "障害(手帳あり・疑い)"),
                            ("care", "介護"),
                            ("childcare", "育児・保育"),
                            ("violence", "DV"),
                            ("debt", "債務"),
                            ("housing", "住まいの不安定"),
                            ("justice", "刑余・司法"),
                            ("language", "言語"),
                            ("rhythm", "生活リズム"),
                            ("people", "対人関係"),
                            ("gap", "就労ブランク"),
                            ("age", "年齢"),
                            ("skills", "資格・免許なし"),
                            ("transport", "交通手段"),
                            ("means", "通信手段"),
                            ("clothes", "身だしなみ・スーツ"),
                            ("motivation", "意欲"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="課題の種類",
                    ),
                ),
                (
                    "field_group",
                    models.CharField(
                        blank=True,
                        choices=[("health", "健康・障害"), ("finance", "家計"), ("family", "家族")],
                        max_length=20,
                        verbose_name="情報の種類",
                    ),
                ),
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
                ("response", models.CharField(blank=True, max_length=300, verbose_name="対応")),
                ("noted_on", models.DateField(verbose_name="気づいた日")),
                ("resolved_on", models.DateField(blank=True, null=True, verbose_name="解消した日")),
                ("written_at", models.DateTimeField(verbose_name="最後に書いた日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obstacles",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="最後に書いた機関",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最後に書いた人",
                    ),
                ),
            ],
            options={
                "verbose_name": "課題と対応",
                "verbose_name_plural": "課題と対応",
            },
        ),
        migrations.CreateModel(
            name="ObstacleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("body", "健康(身体)"),
                            ("mind", "健康(精神)"),
                            ("disability", "障害(手帳あり・疑い)"),
                            ("care", "介護"),
                            ("childcare", "育児・保育"),
                            ("violence", "DV"),
                            ("debt", "債務"),
                            ("housing", "住まいの不安定"),
                            ("justice", "刑余・司法"),
                            ("language", "言語"),
                            ("rhythm", "生活リズム"),
                            ("people", "対人関係"),
                            ("gap", "就労ブランク"),
                            ("age", "年齢"),
                            ("skills", "資格・免許なし"),
                            ("transport", "交通手段"),
                            ("means", "通信手段"),
                            ("clothes", "身だしなみ・スーツ"),
                            ("motivation", "意欲"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="課題の種類",
                    ),
                ),
                (
                    "field_group",
                    models.CharField(
                        blank=True,
                        choices=[("health", "健康・障害"), ("finance", "家計"), ("family", "家族")],
                        max_length=20,
                        verbose_name="情報の種類",
                    ),
                ),
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
                ("response", models.CharField(blank=True, max_length=300, verbose_name="対応")),
                ("noted_on", models.DateField(verbose_name="気づいた日")),
                ("resolved_on", models.DateField(blank=True, null=True, verbose_name="解消した日")),
                ("written_at", models.DateTimeField(verbose_name="最後に書いた日時")),
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
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="最後に書いた機関",
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
                        to="cases.obstacle",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最後に書いた人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PastWorkplace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="事業所")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
            ],
            options={
                "verbose_name": "職歴の事業所",
                "verbose_name_plural": "職歴の事業所",
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("name", models.CharField(max_length=100, verbose_name="資格・免許")),
                ("acquired_in", models.CharField(blank=True, max_length=7, verbose_name="取得した年月")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有効期限")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="補足")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="記録した機関",
                    ),
                ),
            ],
            options={
                "verbose_name": "資格・免許",
                "verbose_name_plural": "資格・免許",
            },
        ),
        migrations.CreateModel(
            name="QualificationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("name", models.CharField(max_length=100, verbose_name="資格・免許")),
                ("acquired_in", models.CharField(blank=True, max_length=7, verbose_name="取得した年月")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有効期限")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="補足")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
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
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
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
                        verbose_name="記録した機関",
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
                        to="cases.qualification",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkHistory",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("job_title", models.CharField(max_length=100, verbose_name="職種・仕事の内容")),
                (
                    "employment_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("regular", "正社員"),
                            ("part_time", "パート・アルバイト"),
                            ("contract", "契約社員"),
                            ("dispatch", "派遣"),
                            ("trial", "トライアル雇用"),
                            ("self_employed", "自営・請負"),
                            ("continuous_a", "就労継続支援A型"),
                            ("training_employed", "認定就労訓練(雇用型)"),
                        ],
                        max_length=20,
                        verbose_name="雇用形態",
                    ),
                ),
                ("started_in", models.CharField(blank=True, max_length=7, verbose_name="始めた年月")),
                ("ended_in", models.CharField(blank=True, max_length=7, verbose_name="辞めた年月")),
                ("is_current", models.BooleanField(default=False, verbose_name="今も働いている")),
                (
                    "leaving_reason",
                    models.CharField(
                        blank=True,
                        help_text="健康・家計・家族のことは「くらしの状況」と「課題と対応」に書きます(読める機関が分かれます)。",
                        max_length=200,
                        verbose_name="辞めた理由",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_histories",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="記録した機関",
                    ),
                ),
            ],
            options={
                "verbose_name": "職歴",
                "verbose_name_plural": "職歴",
            },
        ),
        migrations.CreateModel(
            name="PastWorkplaceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="事業所")),
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
                        to="cases.pastworkplace",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.workhistory",
                        verbose_name="職歴",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="pastworkplace",
            name="history",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="workplace",
                to="cases.workhistory",
                verbose_name="職歴",
            ),
        ),
        migrations.CreateModel(
            name="WorkHistoryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                ("job_title", models.CharField(max_length=100, verbose_name="職種・仕事の内容")),
                (
                    "employment_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("regular", "正社員"),
                            ("part_time", "パート・アルバイト"),
                            ("contract", "契約社員"),
                            ("dispatch", "派遣"),
                            ("trial", "トライアル雇用"),
                            ("self_employed", "自営・請負"),
                            ("continuous_a", "就労継続支援A型"),
                            ("training_employed", "認定就労訓練(雇用型)"),
                        ],
                        max_length=20,
                        verbose_name="雇用形態",
                    ),
                ),
                ("started_in", models.CharField(blank=True, max_length=7, verbose_name="始めた年月")),
                ("ended_in", models.CharField(blank=True, max_length=7, verbose_name="辞めた年月")),
                ("is_current", models.BooleanField(default=False, verbose_name="今も働いている")),
                (
                    "leaving_reason",
                    models.CharField(
                        blank=True,
                        help_text="健康・家計・家族のことは「くらしの状況」と「課題と対応」に書きます(読める機関が分かれます)。",
                        max_length=200,
                        verbose_name="辞めた理由",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登録日時")),
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
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
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
                        verbose_name="記録した機関",
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
                        to="cases.workhistory",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(fields=("case", "version_number"), name="assessment_version_once"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("transports__contained_by", ["walk", "bicycle", "public", "motorbike", "car", "lift"])
                ),
                name="assessment_transports_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("wish_days__isnull", True), ("wish_days__range", (1, 7)), _connector="OR"),
                name="assessment_days_of_a_week",
                violation_error_message="日数は1日から7日までで入力してください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_assessmentevent" ("assessed_on", "bank_account", "case_id", "created_at", "driving_licence", "education", "id", "identity_document", "issues_person", "issues_worker", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "strengths_person", "strengths_worker", "transports", "version", "version_number", "wish_area", "wish_commute_minutes", "wish_days", "wish_employment", "wish_hours", "wish_job_1", "wish_job_2", "wish_job_3", "wish_pay_cycle", "wish_start", "wish_wage_yen", "written_by_id") VALUES (NEW."assessed_on", NEW."bank_account", NEW."case_id", NEW."created_at", NEW."driving_licence", NEW."education", NEW."id", NEW."identity_document", NEW."issues_person", NEW."issues_worker", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."strengths_person", NEW."strengths_worker", NEW."transports", NEW."version", NEW."version_number", NEW."wish_area", NEW."wish_commute_minutes", NEW."wish_days", NEW."wish_employment", NEW."wish_hours", NEW."wish_job_1", NEW."wish_job_2", NEW."wish_job_3", NEW."wish_pay_cycle", NEW."wish_start", NEW."wish_wage_yen", NEW."written_by_id"); RETURN NULL;',
                    hash="f18006fa958f17277c435728df87eaec16961755",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_718b4",
                    table="cases_assessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_assessmentevent" ("assessed_on", "bank_account", "case_id", "created_at", "driving_licence", "education", "id", "identity_document", "issues_person", "issues_worker", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "strengths_person", "strengths_worker", "transports", "version", "version_number", "wish_area", "wish_commute_minutes", "wish_days", "wish_employment", "wish_hours", "wish_job_1", "wish_job_2", "wish_job_3", "wish_pay_cycle", "wish_start", "wish_wage_yen", "written_by_id") VALUES (NEW."assessed_on", NEW."bank_account", NEW."case_id", NEW."created_at", NEW."driving_licence", NEW."education", NEW."id", NEW."identity_document", NEW."issues_person", NEW."issues_worker", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."strengths_person", NEW."strengths_worker", NEW."transports", NEW."version", NEW."version_number", NEW."wish_area", NEW."wish_commute_minutes", NEW."wish_days", NEW."wish_employment", NEW."wish_hours", NEW."wish_job_1", NEW."wish_job_2", NEW."wish_job_3", NEW."wish_pay_cycle", NEW."wish_start", NEW."wish_wage_yen", NEW."written_by_id"); RETURN NULL;',
                    hash="7ed4ccebc3dfabf93f087681ee0d03f06104d5c8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_75ec5",
                    table="cases_assessment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="checklistround",
            index=models.Index(fields=["case", "checked_on"], name="checklist_by_case"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklistround",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_checklistroundevent" ("case_id", "checked_on", "created_at", "id", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version", "with_person", "written_by_id") VALUES (NEW."case_id", NEW."checked_on", NEW."created_at", NEW."id", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version", NEW."with_person", NEW."written_by_id"); RETURN NULL;',
                    hash="1003ea38ba87b5e6cd6544f40e830b1ff907f55b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_28f9c",
                    table="cases_checklistround",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklistround",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_checklistroundevent" ("case_id", "checked_on", "created_at", "id", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version", "with_person", "written_by_id") VALUES (NEW."case_id", NEW."checked_on", NEW."created_at", NEW."id", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version", NEW."with_person", NEW."written_by_id"); RETURN NULL;',
                    hash="b5966ab9cef8754978f4b0a1c49eec24951a3ea3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_17e7b",
                    table="cases_checklistround",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistanswer",
            constraint=models.UniqueConstraint(fields=("round", "item"), name="checklist_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="checklistanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__isnull", True), ("score__lte", 3), _connector="OR"),
                name="checklist_answer_0_to_3",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklistanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_checklistanswerevent" ("case_id", "field_group", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id", "score") VALUES (NEW."case_id", NEW."field_group", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."round_id", NEW."score"); RETURN NULL;',
                    hash="27fd9ba4bf6efc57a2e1afa3409ccad0f9666023",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_425f9",
                    table="cases_checklistanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checklistanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_checklistanswerevent" ("case_id", "field_group", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id", "score") VALUES (NEW."case_id", NEW."field_group", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."round_id", NEW."score"); RETURN NULL;',
                    hash="126c0cb5368975d568c6fc8a09127895d281d79b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3abbc",
                    table="cases_checklistanswer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="handoversheet",
            index=models.Index(fields=["case", "handed_on"], name="linking_by_case"),
        ),
        migrations.AddConstraint(
            model_name="handoversheet",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("asked", ""), _negated=True), models.Q(("wanted", ""), _negated=True)),
                name="handover_has_text",
                violation_error_message="相談されたことと、お願いしたいことを入力してください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoversheet",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_handoversheetevent" ("asked", "case_id", "consent_id", "created_at", "handed_on", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recipient_id", "section", "wanted", "written_by_id") VALUES (NEW."asked", NEW."case_id", NEW."consent_id", NEW."created_at", NEW."handed_on", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recipient_id", NEW."section", NEW."wanted", NEW."written_by_id"); RETURN NULL;',
                    hash="1451020f22ff96a27e1825c78be7369cc092c61d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_70892",
                    table="cases_handoversheet",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoversheet",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_handoversheetevent" ("asked", "case_id", "consent_id", "created_at", "handed_on", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recipient_id", "section", "wanted", "written_by_id") VALUES (NEW."asked", NEW."case_id", NEW."consent_id", NEW."created_at", NEW."handed_on", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recipient_id", NEW."section", NEW."wanted", NEW."written_by_id"); RETURN NULL;',
                    hash="74f95bb7ab168e828414077fef478b72102d63e4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b7f44",
                    table="cases_handoversheet",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interpreterneed",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_interpreterneedevent" ("gender_wish", "id", "manner", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sheet_language", "version") VALUES (NEW."gender_wish", NEW."id", NEW."manner", NEW."note", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sheet_language", NEW."version"); RETURN NULL;',
                    hash="420f469fd29f79e6f3d734c975bdc1b8c734ab2b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4d1e4",
                    table="cases_interpreterneed",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interpreterneed",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_interpreterneedevent" ("gender_wish", "id", "manner", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sheet_language", "version") VALUES (NEW."gender_wish", NEW."id", NEW."manner", NEW."note", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sheet_language", NEW."version"); RETURN NULL;',
                    hash="60b89c1e739e532acd8bc7f454577f2cf5a516be",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d9d0a",
                    table="cases_interpreterneed",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "body",
                            "mind",
                            "disability",
                            "care",
                            "childcare",
                            "violence",
                            "debt",
                            "housing",
                            "justice",
                            "language",
                            "rhythm",
                            "people",
                            "gap",
                            "age",
                            "skills",
                            "transport",
                            "means",
                            "clothes",
                            "motivation",
                            "other",
                        ],
                    )
                ),
                name="obstacle_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["shared", "own"])), name="obstacle_visibility_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("visibility", "shared")), fields=("case", "kind"), name="obstacle_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("visibility", "own")),
                fields=("case", "kind", "organisation"),
                name="obstacle_own_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resolved_on__isnull", True), ("resolved_on__gte", models.F("noted_on")), _connector="OR"
                ),
                name="obstacle_resolved_after_noted",
                violation_error_message="解消した日は気づいた日以降の日にしてください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="obstacle",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_obstacleevent" ("case_id", "field_group", "id", "kind", "noted_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_on", "response", "version", "visibility", "written_at", "written_by_id") VALUES (NEW."case_id", NEW."field_group", NEW."id", NEW."kind", NEW."noted_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."resolved_on", NEW."response", NEW."version", NEW."visibility", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="1581fd50d60b8f2542879943d43e66f091313bfe",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_729f1",
                    table="cases_obstacle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="obstacle",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_obstacleevent" ("case_id", "field_group", "id", "kind", "noted_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_on", "response", "version", "visibility", "written_at", "written_by_id") VALUES (NEW."case_id", NEW."field_group", NEW."id", NEW."kind", NEW."noted_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."resolved_on", NEW."response", NEW."version", NEW."visibility", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="ee1911990e537a8dce24e35cbf53212b1a20897c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_84547",
                    table="cases_obstacle",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="qualification",
            index=models.Index(fields=["case"], name="qualification_by_case"),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acquired_in", ""), ("acquired_in__regex", "^\\d{4}(-(0[1-9]|1[0-2]))?$"), _connector="OR"
                ),
                name="qualification_month",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="qualification",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_qualificationevent" ("acquired_in", "case_id", "created_at", "created_by_id", "id", "name", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_to", "version") VALUES (NEW."acquired_in", NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."name", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_to", NEW."version"); RETURN NULL;',
                    hash="7f6df4c2af3a92f761442705cb173e97ae4f030e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_aa987",
                    table="cases_qualification",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="qualification",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_qualificationevent" ("acquired_in", "case_id", "created_at", "created_by_id", "id", "name", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_to", "version") VALUES (NEW."acquired_in", NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."name", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_to", NEW."version"); RETURN NULL;',
                    hash="064a6da00845c2aab1f5d80f0a724216a2db672f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1cf66",
                    table="cases_qualification",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="workhistory",
            index=models.Index(fields=["case"], name="work_history_by_case"),
        ),
        migrations.AddConstraint(
            model_name="workhistory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("started_in", ""), ("started_in__regex", "^\\d{4}(-(0[1-9]|1[0-2]))?$"), _connector="OR"),
                    models.Q(("ended_in", ""), ("ended_in__regex", "^\\d{4}(-(0[1-9]|1[0-2]))?$"), _connector="OR"),
                ),
                name="work_history_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="workhistory",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_current", False), ("ended_in", ""), _connector="OR"),
                name="work_history_current_has_no_end",
                violation_error_message="今も働いているときは、辞めた年月を空欄にしてください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_workhistoryevent" ("case_id", "created_at", "created_by_id", "employment_type", "ended_in", "id", "is_current", "job_title", "leaving_reason", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_in", "version") VALUES (NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."employment_type", NEW."ended_in", NEW."id", NEW."is_current", NEW."job_title", NEW."leaving_reason", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."started_in", NEW."version"); RETURN NULL;',
                    hash="01a8953920330085cd27910dd607fc88ebf84538",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2560a",
                    table="cases_workhistory",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_workhistoryevent" ("case_id", "created_at", "created_by_id", "employment_type", "ended_in", "id", "is_current", "job_title", "leaving_reason", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_in", "version") VALUES (NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."employment_type", NEW."ended_in", NEW."id", NEW."is_current", NEW."job_title", NEW."leaving_reason", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."started_in", NEW."version"); RETURN NULL;',
                    hash="df4a815bba2f6e5562ea9148edefc04ece7c90fb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_669f4",
                    table="cases_workhistory",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pastworkplace",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_pastworkplaceevent" ("case_id", "history_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."history_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="f9a6f12dacca0d597491dba0308f9e8382ca96bb",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1444b",
                    table="cases_pastworkplace",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pastworkplace",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_pastworkplaceevent" ("case_id", "history_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."history_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="ace0b7817f9e8e058e433349dd46a15bf2fec1e8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d3ab9",
                    table="cases_pastworkplace",
                    when="AFTER",
                ),
            ),
        ),
        *(
            RowSecurity(name + suffix, using, check=CHECK.get(name))
            for name, using in USING.items()
            for suffix in ("", "Event")
        ),
        *(Restrict(name, "DELETE, TRUNCATE") for name in USING),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name in USING),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
