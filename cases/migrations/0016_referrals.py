"""Referrals, transfers, talks beforehand, the ledger, requests in a hurry: their tables behind the wall.

A partner with a referral grant reads the referrals to itself; others those whose kinds of facts they may read.
"""

from importlib import import_module

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.db
from core.db import ChangeRowSecurity, CompositeForeignKey, Restrict, RowSecurity

before = import_module("cases.migrations.0003_wall")
walls = import_module("cases.migrations.0005_walls")
files = import_module("cases.migrations.0007_attachments")
meetings = import_module("cases.migrations.0014_meetings")
assessment = import_module("cases.migrations.0015_assessment")

# Through the case; as a partner only what came to oneself; facts of a kind only with a grant that includes it.
REFERRED = (
    f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.case_id AND {walls.LIVE}"
    f" AND (g.purpose <> 'referral' OR {{table}}.to_organisation_id = {walls.MINE})"
    " AND (g.includes_health OR NOT {table}.includes_health)"
    " AND (g.includes_finance OR NOT {table}.includes_finance)"
    " AND (g.includes_family OR NOT {table}.includes_family))"
)
# An answer is read by who reads the referral.
ANSWERED = "EXISTS (SELECT 1 FROM cases_referral r WHERE r.id = {table}.referral_id)"


def within(condition):
    """The same condition for everybody but a partner that the case was referred to."""
    return condition and condition.replace(walls.LIVE, f"{walls.LIVE} AND g.purpose <> 'referral'")


# (table, who read a row until now, who writes one): what a partner does not read of a case referred to it.
NOT_REFERRED = (
    *((name, walls.THROUGH_CASE, None) for name in before.CASE_RECORDS if not name.startswith("Consent")),
    ("Interview", walls.NOTE, None),
    ("NoteSource", walls.OWN_SOURCE, None),
    ("Workplace", walls.WORKPLACE, walls.THROUGH_CASE),
    ("Attachment", files.FILE, None),
    ("PlanReview", walls.THROUGH_CASE, None),
    ("PlanReviewItem", walls.THROUGH_CASE, None),
    *(row for row in meetings.WALLED if walls.LIVE in row[1]),
    *(
        (name, using, assessment.CHECK.get(name))
        for name, using in assessment.USING.items()
        if name != "InterpreterNeed"
    ),
)
WITHOUT_HISTORY = (("CaseTransition", walls.THROUGH_CASE, None), ("AppointmentMove", walls.THROUGH_CASE, None))
# Of the consents a partner reads those that its referrals rest on.
REFERRED_BY = " OR EXISTS (SELECT 1 FROM cases_referral r WHERE r.consent_id = {table}.%s)"
CONSENTED = (
    (name, within(walls.THROUGH_CASE) + REFERRED_BY % column)
    for name, column in (
        ("Consent", "id"),
        ("ConsentEvent", "id"),
        ("ConsentRecipient", "consent_id"),
        ("ConsentRecipientEvent", "consent_id"),
    )
)

WALLED = (
    ("Referral", REFERRED, "DELETE, TRUNCATE"),
    ("ReferralAnswer", ANSWERED, "UPDATE, DELETE, TRUNCATE"),
    ("PreConsultation", within(walls.THROUGH_CASE), "DELETE, TRUNCATE"),
    ("Deferral", within(walls.THROUGH_CASE), "UPDATE, DELETE, TRUNCATE"),
    ("Transfer", within(walls.THROUGH_CASE), "UPDATE, DELETE, TRUNCATE"),
)
SAME = (
    ("Referral", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("ReferralAnswer", ("referral_id", "case_id"), "cases_referral", ("id", "case_id")),
    ("PreConsultation", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("Transfer", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("SupportRequest", ("previous_id", "case_id"), "cases_supportrequest", ("id", "case_id")),
)

# Whoever was not referred before there was a ledger gets an entry with what the move said.
LEDGER_SQL = """
INSERT INTO cases_deferral (id, case_id, reason_kind, reason, organisation_id, recorded_by_id, recorded_at)
SELECT DISTINCT ON (c.id) gen_random_uuid(), c.id, 'other', left(t.note, 200), t.organisation_id, t.by_id, t.at
FROM cases_case c JOIN cases_casetransition t ON t.case_id = c.id AND t.to_state = 'not_referred'
WHERE c.state = 'not_referred' ORDER BY c.id, t.at DESC
"""

# A case that was only referred to my organisations is not theirs to move by a merge.
search = import_module("cases.migrations.0011_search")
HIDDEN_BACK_SQL = search.HAS_HIDDEN_CASE_SQL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
HIDDEN_SQL = HIDDEN_BACK_SQL.replace("AND g.user_id IS NULL)", "AND g.user_id IS NULL AND g.purpose <> 'referral')")

# Break-glass opens a case to somebody who was only referred the person, too.
_break = walls.FUNCTIONS_SQL.partition("CREATE FUNCTION ittai_break_glass(")[2].partition("END\n$$;")[0]
BREAK_BACK_SQL = f"CREATE OR REPLACE FUNCTION ittai_break_glass({_break}END\n$$;"
BREAK_SQL = BREAK_BACK_SQL.replace(
    "NOT ittai_sees_case(found)",
    f"NOT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = found AND {walls.LIVE} AND g.purpose <> 'referral')",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_partner_worker"),
        ("cases", "0015_assessment"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deferral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason_kind",
                    models.CharField(
                        choices=[
                            ("ability", "①稼働能力"),
                            ("motivation", "②就労意欲"),
                            ("obstacle", "③阻害要因(治療・介護など)"),
                            ("no_consent", "④同意がない"),
                            ("other_support", "ほかの支援を先に"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="見送りの理由",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="理由・様子")),
                ("next_check_on", models.DateField(blank=True, null=True, verbose_name="次に確かめる日")),
                ("recorded_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "verbose_name": "見送り",
                "verbose_name_plural": "見送り",
            },
        ),
        migrations.CreateModel(
            name="DeferralEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "reason_kind",
                    models.CharField(
                        choices=[
                            ("ability", "①稼働能力"),
                            ("motivation", "②就労意欲"),
                            ("obstacle", "③阻害要因(治療・介護など)"),
                            ("no_consent", "④同意がない"),
                            ("other_support", "ほかの支援を先に"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                        verbose_name="見送りの理由",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="理由・様子")),
                ("next_check_on", models.DateField(blank=True, null=True, verbose_name="次に確かめる日")),
                ("recorded_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PreConsultation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.TextField(verbose_name="相談したいこと")),
                ("sent_at", models.DateTimeField(verbose_name="頼んだ日時")),
                ("talked_on", models.DateField(blank=True, null=True, verbose_name="三者で話した日")),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("suits", "支援要請が合う"),
                            ("not_now", "今は合わない"),
                            ("again", "もう一度話したい"),
                        ],
                        max_length=20,
                        verbose_name="ハローワークの意見",
                    ),
                ),
                ("opinion_note", models.TextField(blank=True, verbose_name="意見の理由")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="意見の日時")),
            ],
            options={
                "verbose_name": "プレ相談",
                "verbose_name_plural": "プレ相談",
            },
        ),
        migrations.CreateModel(
            name="PreConsultationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("question", models.TextField(verbose_name="相談したいこと")),
                ("sent_at", models.DateTimeField(verbose_name="頼んだ日時")),
                ("talked_on", models.DateField(blank=True, null=True, verbose_name="三者で話した日")),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("suits", "支援要請が合う"),
                            ("not_now", "今は合わない"),
                            ("again", "もう一度話したい"),
                        ],
                        max_length=20,
                        verbose_name="ハローワークの意見",
                    ),
                ),
                ("opinion_note", models.TextField(blank=True, verbose_name="意見の理由")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="意見の日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=200, verbose_name="つなぐ目的")),
                ("handed_over", models.TextField(verbose_name="引き継ぐ内容")),
                ("includes_health", models.BooleanField(default=False, verbose_name="健康・障害に関する情報を含む")),
                ("includes_finance", models.BooleanField(default=False, verbose_name="家計に関する情報を含む")),
                ("includes_family", models.BooleanField(default=False, verbose_name="家族に関する情報を含む")),
                (
                    "is_on_paper",
                    models.BooleanField(default=False, verbose_name="紙で渡す(つなぎ先はこの仕組みを使っていない)"),
                ),
                ("answer_due_on", models.DateField(verbose_name="返事をもらいたい日")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "返事待ち"),
                            ("received", "受け取った"),
                            ("using", "利用中"),
                            ("ended", "利用を終えた"),
                            ("refused", "断り"),
                            ("unknown", "返事なし・不明"),
                            ("withdrawn", "取下げ"),
                        ],
                        default="sent",
                        max_length=20,
                        verbose_name="状態",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="つないだ日時")),
            ],
            options={
                "verbose_name": "つなぎ",
                "verbose_name_plural": "つなぎ",
            },
        ),
        migrations.CreateModel(
            name="ReferralAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "返事待ち"),
                            ("received", "受け取った"),
                            ("using", "利用中"),
                            ("ended", "利用を終えた"),
                            ("refused", "断り"),
                            ("unknown", "返事なし・不明"),
                            ("withdrawn", "取下げ"),
                        ],
                        max_length=20,
                        verbose_name="返事",
                    ),
                ),
                ("outcome", models.TextField(blank=True, verbose_name="結果・様子")),
                ("answered_on", models.DateField(verbose_name="返事の日")),
                ("answered_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "verbose_name": "つなぎの返事",
                "verbose_name_plural": "つなぎの返事",
            },
        ),
        migrations.CreateModel(
            name="ReferralAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "返事待ち"),
                            ("received", "受け取った"),
                            ("using", "利用中"),
                            ("ended", "利用を終えた"),
                            ("refused", "断り"),
                            ("unknown", "返事なし・不明"),
                            ("withdrawn", "取下げ"),
                        ],
                        max_length=20,
                        verbose_name="返事",
                    ),
                ),
                ("outcome", models.TextField(blank=True, verbose_name="結果・様子")),
                ("answered_on", models.DateField(verbose_name="返事の日")),
                ("answered_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReferralEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=200, verbose_name="つなぐ目的")),
                ("handed_over", models.TextField(verbose_name="引き継ぐ内容")),
                ("includes_health", models.BooleanField(default=False, verbose_name="健康・障害に関する情報を含む")),
                ("includes_finance", models.BooleanField(default=False, verbose_name="家計に関する情報を含む")),
                ("includes_family", models.BooleanField(default=False, verbose_name="家族に関する情報を含む")),
                (
                    "is_on_paper",
                    models.BooleanField(default=False, verbose_name="紙で渡す(つなぎ先はこの仕組みを使っていない)"),
                ),
                ("answer_due_on", models.DateField(verbose_name="返事をもらいたい日")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "返事待ち"),
                            ("received", "受け取った"),
                            ("using", "利用中"),
                            ("ended", "利用を終えた"),
                            ("refused", "断り"),
                            ("unknown", "返事なし・不明"),
                            ("withdrawn", "取下げ"),
                        ],
                        default="sent",
                        max_length=20,
                        verbose_name="状態",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="つないだ日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("former_number", models.CharField(max_length=20, verbose_name="前のケース番号")),
                ("new_number", models.CharField(max_length=20, verbose_name="新しいケース番号")),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("own_duty", "自機関の事務の遂行"),
                            ("consent", "本人の同意"),
                            ("statute", "法令の定め"),
                        ],
                        max_length=20,
                        verbose_name="根拠",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="引き継ぐ理由・申し送り")),
                ("transferred_on", models.DateField(verbose_name="引継ぎ日")),
                ("overlap_until", models.DateField(verbose_name="前の担当機関が見られる最後の日")),
                ("transferred_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "verbose_name": "担当機関の引継ぎ",
                "verbose_name_plural": "担当機関の引継ぎ",
            },
        ),
        migrations.CreateModel(
            name="TransferEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("former_number", models.CharField(max_length=20, verbose_name="前のケース番号")),
                ("new_number", models.CharField(max_length=20, verbose_name="新しいケース番号")),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("own_duty", "自機関の事務の遂行"),
                            ("consent", "本人の同意"),
                            ("statute", "法令の定め"),
                        ],
                        max_length=20,
                        verbose_name="根拠",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="引き継ぐ理由・申し送り")),
                ("transferred_on", models.DateField(verbose_name="引継ぎ日")),
                ("overlap_until", models.DateField(verbose_name="前の担当機関が見られる最後の日")),
                ("transferred_at", models.DateTimeField(verbose_name="記録日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="supportrequest",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="supportrequest",
            name="update_update",
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="change_note",
            field=models.CharField(blank=True, max_length=500, verbose_name="前回から変えたこと"),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="completed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="補った日時"),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="completed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="補った人",
            ),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="is_urgent",
            field=models.BooleanField(default=False, verbose_name="至急(後で補う)"),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.supportrequest",
                verbose_name="前の要請",
            ),
        ),
        migrations.AddField(
            model_name="supportrequestevent",
            name="change_note",
            field=models.CharField(blank=True, max_length=500, verbose_name="前回から変えたこと"),
        ),
        migrations.AddField(
            model_name="supportrequestevent",
            name="completed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="補った日時"),
        ),
        migrations.AddField(
            model_name="supportrequestevent",
            name="completed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="補った人",
            ),
        ),
        migrations.AddField(
            model_name="supportrequestevent",
            name="is_urgent",
            field=models.BooleanField(default=False, verbose_name="至急(後で補う)"),
        ),
        migrations.AddField(
            model_name="supportrequestevent",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.supportrequest",
                verbose_name="前の要請",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_supportrequestevent" ("ability", "ability_note", "agrees", "agrees_note", "answer_note", "answered_at", "answered_by_id", "case_id", "change_note", "completed_at", "completed_by_id", "consent_id", "flexibility_reason", "from_organisation_id", "id", "is_urgent", "message", "motivation", "motivation_note", "no_obstacle", "no_obstacle_note", "offered_instead", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_id", "sent_at", "sent_by_id", "status", "to_organisation_id") VALUES (NEW."ability", NEW."ability_note", NEW."agrees", NEW."agrees_note", NEW."answer_note", NEW."answered_at", NEW."answered_by_id", NEW."case_id", NEW."change_note", NEW."completed_at", NEW."completed_by_id", NEW."consent_id", NEW."flexibility_reason", NEW."from_organisation_id", NEW."id", NEW."is_urgent", NEW."message", NEW."motivation", NEW."motivation_note", NEW."no_obstacle", NEW."no_obstacle_note", NEW."offered_instead", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."previous_id", NEW."sent_at", NEW."sent_by_id", NEW."status", NEW."to_organisation_id"); RETURN NULL;',
                    hash="4e7953a84d19a41635067f0f51d0b19f7be87b3b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f60ff",
                    table="cases_supportrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_supportrequestevent" ("ability", "ability_note", "agrees", "agrees_note", "answer_note", "answered_at", "answered_by_id", "case_id", "change_note", "completed_at", "completed_by_id", "consent_id", "flexibility_reason", "from_organisation_id", "id", "is_urgent", "message", "motivation", "motivation_note", "no_obstacle", "no_obstacle_note", "offered_instead", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_id", "sent_at", "sent_by_id", "status", "to_organisation_id") VALUES (NEW."ability", NEW."ability_note", NEW."agrees", NEW."agrees_note", NEW."answer_note", NEW."answered_at", NEW."answered_by_id", NEW."case_id", NEW."change_note", NEW."completed_at", NEW."completed_by_id", NEW."consent_id", NEW."flexibility_reason", NEW."from_organisation_id", NEW."id", NEW."is_urgent", NEW."message", NEW."motivation", NEW."motivation_note", NEW."no_obstacle", NEW."no_obstacle_note", NEW."offered_instead", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."previous_id", NEW."sent_at", NEW."sent_by_id", NEW."status", NEW."to_organisation_id"); RETURN NULL;',
                    hash="7958ad89ea5e025950e5b0cce3749dca4d4ec73d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_87d75",
                    table="cases_supportrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False), ("is_urgent", True)),
                    _connector="OR",
                ),
                name="support_request_completion_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("previous__isnull", True), models.Q(("change_note", ""), _negated=True), _connector="OR"
                ),
                name="support_request_again_says_what_changed",
                violation_error_message="差し戻された要請を出し直すときは、前回から変えたことを入力してください。",
            ),
        ),
        migrations.AddField(
            model_name="deferral",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deferrals",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="deferral",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="記録した機関",
            ),
        ),
        migrations.AddField(
            model_name="deferral",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="記録した人",
            ),
        ),
        migrations.AddField(
            model_name="deferralevent",
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
            model_name="deferralevent",
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
            model_name="deferralevent",
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
            model_name="deferralevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.deferral",
            ),
        ),
        migrations.AddField(
            model_name="deferralevent",
            name="recorded_by",
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
            model_name="preconsultation",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="意見を書いた人",
            ),
        ),
        migrations.AddField(
            model_name="preconsultation",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pre_consultations",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="preconsultation",
            name="consent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.consent", verbose_name="同意"
            ),
        ),
        migrations.AddField(
            model_name="preconsultation",
            name="from_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="頼んだ機関",
            ),
        ),
        migrations.AddField(
            model_name="preconsultation",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="頼んだ人",
            ),
        ),
        migrations.AddField(
            model_name="preconsultation",
            name="to_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="相談先",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="意見を書いた人",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
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
            model_name="preconsultationevent",
            name="consent",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.consent",
                verbose_name="同意",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
            name="from_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="頼んだ機関",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
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
            model_name="preconsultationevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.preconsultation",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
            name="sent_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="頼んだ人",
            ),
        ),
        migrations.AddField(
            model_name="preconsultationevent",
            name="to_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="相談先",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="consent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.consent", verbose_name="同意"
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="from_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="つないだ機関",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="つないだ人",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="to_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="accounts.organisation",
                verbose_name="つなぎ先",
            ),
        ),
        migrations.AddField(
            model_name="referralanswer",
            name="answered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="記録した人",
            ),
        ),
        migrations.AddField(
            model_name="referralanswer",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case", verbose_name="ケース"
            ),
        ),
        migrations.AddField(
            model_name="referralanswer",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="記録した機関",
            ),
        ),
        migrations.AddField(
            model_name="referralanswer",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="cases.referral",
                verbose_name="つなぎ",
            ),
        ),
        migrations.AddField(
            model_name="referralanswerevent",
            name="answered_by",
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
            model_name="referralanswerevent",
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
            model_name="referralanswerevent",
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
            model_name="referralanswerevent",
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
            model_name="referralanswerevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.referralanswer",
            ),
        ),
        migrations.AddField(
            model_name="referralanswerevent",
            name="referral",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.referral",
                verbose_name="つなぎ",
            ),
        ),
        migrations.AddField(
            model_name="referralevent",
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
            model_name="referralevent",
            name="consent",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.consent",
                verbose_name="同意",
            ),
        ),
        migrations.AddField(
            model_name="referralevent",
            name="from_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="つないだ機関",
            ),
        ),
        migrations.AddField(
            model_name="referralevent",
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
            model_name="referralevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.referral",
            ),
        ),
        migrations.AddField(
            model_name="referralevent",
            name="sent_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="つないだ人",
            ),
        ),
        migrations.AddField(
            model_name="referralevent",
            name="to_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="つなぎ先",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="consent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.consent",
                verbose_name="同意",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="前の担当機関",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="to_organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="新しい担当機関",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="transferred_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="引き継いだ人",
            ),
        ),
        migrations.AddField(
            model_name="transferevent",
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
            model_name="transferevent",
            name="consent",
            field=models.ForeignKey(
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
        migrations.AddField(
            model_name="transferevent",
            name="from_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="前の担当機関",
            ),
        ),
        migrations.AddField(
            model_name="transferevent",
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
            model_name="transferevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.transfer",
            ),
        ),
        migrations.AddField(
            model_name="transferevent",
            name="to_organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
                verbose_name="新しい担当機関",
            ),
        ),
        migrations.AddField(
            model_name="transferevent",
            name="transferred_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="引き継いだ人",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.UniqueConstraint(fields=("case", "recorded_at"), name="deferral_once_at_a_time"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deferral",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_deferralevent" ("case_id", "id", "next_check_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_kind", "recorded_at", "recorded_by_id") VALUES (NEW."case_id", NEW."id", NEW."next_check_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."reason_kind", NEW."recorded_at", NEW."recorded_by_id"); RETURN NULL;',
                    hash="b5f369899eea6b31cddf0b351d59b0d978050d9c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_652c0",
                    table="cases_deferral",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deferral",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_deferralevent" ("case_id", "id", "next_check_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_kind", "recorded_at", "recorded_by_id") VALUES (NEW."case_id", NEW."id", NEW."next_check_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."reason_kind", NEW."recorded_at", NEW."recorded_by_id"); RETURN NULL;',
                    hash="842423915ed3169bc45411ca77ca0742191e636e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7246a",
                    table="cases_deferral",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="preconsultation",
            index=models.Index(fields=["case", "sent_at"], name="pre_consultation_by_case"),
        ),
        migrations.AddConstraint(
            model_name="preconsultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at__isnull", True),
                        ("answered_by__isnull", True),
                        ("opinion", ""),
                        ("talked_on__isnull", True),
                    ),
                    models.Q(
                        models.Q(("opinion", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("talked_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="pre_consultation_opinion_complete",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="preconsultation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_preconsultationevent" ("answered_at", "answered_by_id", "case_id", "consent_id", "from_organisation_id", "id", "opinion", "opinion_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "sent_at", "sent_by_id", "talked_on", "to_organisation_id") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."case_id", NEW."consent_id", NEW."from_organisation_id", NEW."id", NEW."opinion", NEW."opinion_note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."sent_at", NEW."sent_by_id", NEW."talked_on", NEW."to_organisation_id"); RETURN NULL;',
                    hash="3db9292d838753eff85eebe4ced1bcaacca605b5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_47aac",
                    table="cases_preconsultation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="preconsultation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_preconsultationevent" ("answered_at", "answered_by_id", "case_id", "consent_id", "from_organisation_id", "id", "opinion", "opinion_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "sent_at", "sent_by_id", "talked_on", "to_organisation_id") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."case_id", NEW."consent_id", NEW."from_organisation_id", NEW."id", NEW."opinion", NEW."opinion_note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."sent_at", NEW."sent_by_id", NEW."talked_on", NEW."to_organisation_id"); RETURN NULL;',
                    hash="2c0bed065b52228c2be942dad4b32270b8136e7d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8bc47",
                    table="cases_preconsultation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["to_organisation", "-sent_at"], name="referral_inbox"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["case", "-sent_at"], name="referral_by_case"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("status", "sent")), fields=["answer_due_on"], name="referral_unanswered"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["sent", "received", "using"])),
                fields=("case", "to_organisation"),
                name="referral_one_open_per_partner",
                violation_error_message="このつなぎ先には、終わっていないつなぎがすでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["sent", "received", "using", "ended", "refused", "unknown", "withdrawn"])
                ),
                name="referral_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("handed_over", ""), _negated=True),
                name="referral_hands_something_over",
                violation_error_message="引き継ぐ内容を入力してください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="referral_moves_by_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{received:ended,received:refused,received:unknown,received:using,received:withdrawn,sent:ended,sent:received,sent:refused,sent:unknown,sent:using,sent:withdrawn,using:ended,using:unknown,using:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="92fd8f9fd8eb73445d60eeb7da9b51ecc09c43bd",
                    operation="UPDATE",
                    pgid="pgtrigger_referral_moves_by_table_6bfe4",
                    table="cases_referral",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="referral_stays_as_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."consent_id" IS DISTINCT FROM (NEW."consent_id") OR OLD."from_organisation_id" IS DISTINCT FROM (NEW."from_organisation_id") OR OLD."to_organisation_id" IS DISTINCT FROM (NEW."to_organisation_id") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."handed_over" IS DISTINCT FROM (NEW."handed_over") OR OLD."includes_health" IS DISTINCT FROM (NEW."includes_health") OR OLD."includes_finance" IS DISTINCT FROM (NEW."includes_finance") OR OLD."includes_family" IS DISTINCT FROM (NEW."includes_family") OR OLD."is_on_paper" IS DISTINCT FROM (NEW."is_on_paper") OR OLD."answer_due_on" IS DISTINCT FROM (NEW."answer_due_on") OR OLD."sent_by_id" IS DISTINCT FROM (NEW."sent_by_id") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="27276c65b2abc88cf8b22d0a3028ed834b33e840",
                    operation="UPDATE",
                    pgid="pgtrigger_referral_stays_as_sent_93857",
                    table="cases_referral",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_referralevent" ("answer_due_on", "case_id", "consent_id", "from_organisation_id", "handed_over", "id", "includes_family", "includes_finance", "includes_health", "is_on_paper", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "sent_at", "sent_by_id", "status", "to_organisation_id") VALUES (NEW."answer_due_on", NEW."case_id", NEW."consent_id", NEW."from_organisation_id", NEW."handed_over", NEW."id", NEW."includes_family", NEW."includes_finance", NEW."includes_health", NEW."is_on_paper", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."sent_at", NEW."sent_by_id", NEW."status", NEW."to_organisation_id"); RETURN NULL;',
                    hash="4cd2de1d40cbddc9ee603e7d1733a9acc8a2ab64",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b2939",
                    table="cases_referral",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_referralevent" ("answer_due_on", "case_id", "consent_id", "from_organisation_id", "handed_over", "id", "includes_family", "includes_finance", "includes_health", "is_on_paper", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "sent_at", "sent_by_id", "status", "to_organisation_id") VALUES (NEW."answer_due_on", NEW."case_id", NEW."consent_id", NEW."from_organisation_id", NEW."handed_over", NEW."id", NEW."includes_family", NEW."includes_finance", NEW."includes_health", NEW."is_on_paper", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."sent_at", NEW."sent_by_id", NEW."status", NEW."to_organisation_id"); RETURN NULL;',
                    hash="4f6ca552a5b60ddc884ee770a7ce4d15c28c6086",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_18505",
                    table="cases_referral",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="referralanswer",
            index=models.Index(fields=["referral", "answered_at"], name="referral_answer_by_referral"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referralanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_referralanswerevent" ("answered_at", "answered_by_id", "answered_on", "case_id", "id", "organisation_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_id", "status") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."answered_on", NEW."case_id", NEW."id", NEW."organisation_id", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."referral_id", NEW."status"); RETURN NULL;',
                    hash="22edbbbc124595718d7926c1361bfd5080827004",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_537fb",
                    table="cases_referralanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referralanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_referralanswerevent" ("answered_at", "answered_by_id", "answered_on", "case_id", "id", "organisation_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_id", "status") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."answered_on", NEW."case_id", NEW."id", NEW."organisation_id", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."referral_id", NEW."status"); RETURN NULL;',
                    hash="c5995171db1ba4c2dfd67efc82a9f8688654b813",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e6187",
                    table="cases_referralanswer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["case"], name="transfer_by_case"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_organisation", models.F("to_organisation")), _negated=True),
                name="transfer_goes_elsewhere",
                violation_error_message="いまの担当機関とは別の機関を選んでください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("legal_basis", "consent"), _negated=True), ("consent__isnull", False), _connector="OR"
                ),
                name="transfer_by_consent_names_it",
                violation_error_message="本人の同意にもとづくときは、同意を記録してください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("overlap_until__gte", models.F("transferred_on"))),
                name="transfer_overlap_in_order",
                violation_error_message="見られる最後の日は、引継ぎ日以降の日にしてください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_transferevent" ("case_id", "consent_id", "former_number", "from_organisation_id", "id", "legal_basis", "new_number", "overlap_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "to_organisation_id", "transferred_at", "transferred_by_id", "transferred_on") VALUES (NEW."case_id", NEW."consent_id", NEW."former_number", NEW."from_organisation_id", NEW."id", NEW."legal_basis", NEW."new_number", NEW."overlap_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."to_organisation_id", NEW."transferred_at", NEW."transferred_by_id", NEW."transferred_on"); RETURN NULL;',
                    hash="856510ba044e8e58ffe51aabdd3aa7ddf6861b04",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e2f1b",
                    table="cases_transfer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_transferevent" ("case_id", "consent_id", "former_number", "from_organisation_id", "id", "legal_basis", "new_number", "overlap_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "to_organisation_id", "transferred_at", "transferred_by_id", "transferred_on") VALUES (NEW."case_id", NEW."consent_id", NEW."former_number", NEW."from_organisation_id", NEW."id", NEW."legal_basis", NEW."new_number", NEW."overlap_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."to_organisation_id", NEW."transferred_at", NEW."transferred_by_id", NEW."transferred_on"); RETURN NULL;',
                    hash="45fdbb963f30c857a375d8b1caddd03f28110cc5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7955f",
                    table="cases_transfer",
                    when="AFTER",
                ),
            ),
        ),
        *(
            operation
            for name, using, _taken in WALLED
            for operation in (RowSecurity(name, using), RowSecurity(f"{name}Event", using))
        ),
        *(
            ChangeRowSecurity(name + suffix, within(using), check=within(check), was=using, was_check=check)
            for rows, suffixes in ((NOT_REFERRED, ("", "Event")), (WITHOUT_HISTORY, ("",)))
            for name, using, check in rows
            for suffix in suffixes
        ),
        *(ChangeRowSecurity(name, using, was=walls.THROUGH_CASE) for name, using in CONSENTED),
        *(Restrict(name, taken) for name, _using, taken in WALLED),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name, _using, _taken in WALLED),
        *(CompositeForeignKey(*row) for row in SAME),
        migrations.RunSQL(LEDGER_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(HIDDEN_SQL, HIDDEN_BACK_SQL),
        migrations.RunSQL(BREAK_SQL, BREAK_BACK_SQL),
    ]
