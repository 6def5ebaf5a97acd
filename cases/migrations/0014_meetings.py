"""Who stands in for whom, caseloads that pass to others, and meetings about cases; all behind the wall.

A meeting is seen by the organisations that take part and written by its two sides. What it says about a case
hangs on the case: whoever sees the case reads it, and nobody else, not even at the table.
"""

from importlib import import_module

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cases.models.case
import core.db
from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0005_walls")

OWN = f"organisation_id = {walls.MINE}"
HOSTS = f"({OWN} OR counterpart_id = {walls.MINE})"

FUNCTIONS_SQL = f"""
CREATE FUNCTION ittai_hosts_meeting(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_casemeeting WHERE id = the_meeting AND {HOSTS})
$$;
CREATE FUNCTION ittai_invited(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_meetingguest WHERE meeting_id = the_meeting AND {OWN})
$$;
CREATE FUNCTION ittai_meeting_confirmed(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_casemeeting WHERE id = the_meeting AND confirmed_at IS NOT NULL)
$$;
-- How many cases are on the agenda, or still to be discussed, also of those the reader may not see.
CREATE FUNCTION ittai_agenda_size(the_meeting uuid, only_planned boolean) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM cases_meetingitem
    WHERE meeting_id = the_meeting AND (NOT only_planned OR state = 'planned')
      AND (ittai_hosts_meeting(the_meeting) OR ittai_invited(the_meeting))
$$;
-- Who stands in for an absent worker is on the team for those days.
CREATE OR REPLACE FUNCTION ittai_assigned(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM cases_assignment a
        WHERE a.case_id = the_case
          AND a.starts_on <= (now() AT TIME ZONE 'Asia/Tokyo')::date
          AND (a.ends_on IS NULL OR a.ends_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
          AND (a.user_id = ittai_user() OR EXISTS (
              SELECT 1 FROM cases_cover c
              WHERE c.worker_id = a.user_id AND c.organisation_id = a.organisation_id
                AND c.colleague_id = ittai_user() AND c.withdrawn_at IS NULL
                AND (now() AT TIME ZONE 'Asia/Tokyo')::date BETWEEN c.starts_on AND c.ends_on)))
$$;
REVOKE ALL ON FUNCTION ittai_hosts_meeting(uuid), ittai_invited(uuid), ittai_meeting_confirmed(uuid),
    ittai_agenda_size(uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_hosts_meeting(uuid), ittai_invited(uuid), ittai_meeting_confirmed(uuid),
    ittai_agenda_size(uuid, boolean) TO ittai_app;
"""

OF_MEETING = "ittai_hosts_meeting(meeting_id) OR ittai_invited(meeting_id)"
# (table, who sees a row, who writes one)
WALLED = (
    ("Cover", OWN, None),
    ("Handover", OWN, None),
    ("HandoverItem", walls.OWN_SOURCE, None),
    ("CaseMeeting", f"{HOSTS} OR ittai_invited({{table}}.id)", HOSTS),
    ("MeetingGuest", OF_MEETING, "ittai_hosts_meeting(meeting_id)"),
    ("MeetingParticipant", OF_MEETING, "ittai_hosts_meeting(meeting_id)"),
    ("MeetingItem", walls.THROUGH_CASE, f"{walls.THROUGH_CASE} AND ittai_hosts_meeting(meeting_id)"),
    (
        "MeetingTask",
        walls.THROUGH_CASE,
        f"{walls.THROUGH_CASE} AND (ittai_hosts_meeting(meeting_id) OR user_id = (SELECT ittai_user()))",
    ),
)
SAME = (
    ("HandoverItem", ("handover_id", "organisation_id"), "cases_handover", ("id", "organisation_id")),
    ("MeetingTask", ("item_id", "case_id"), "cases_meetingitem", ("id", "case_id")),
    ("MeetingTask", ("item_id", "meeting_id"), "cases_meetingitem", ("id", "meeting_id")),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_identity"),
        ("agreements", "0003_participants"),
        ("cases", "0013_papers"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseMeeting",
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
                            ("regular", "定例ミーティング"),
                            ("case", "ケース会議"),
                            ("coordination", "支援調整会議"),
                            ("monthly", "月例連絡調整会議"),
                        ],
                        default="regular",
                        max_length=20,
                        verbose_name="会議の種類",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="日時")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5, "所要時間は5分以上で入力してください。"),
                            django.core.validators.MaxValueValidator(
                                480, "所要時間は480分(8時間)以内で入力してください。"
                            ),
                        ],
                        verbose_name="所要時間(分)",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="場所")),
                (
                    "repeats",
                    models.CharField(
                        choices=[("none", "今回だけ"), ("weekly", "毎週"), ("monthly", "毎月")],
                        default="none",
                        max_length=20,
                        verbose_name="繰り返し",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="作成日時")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="会議録の確定日時")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.agreement",
                        verbose_name="協定",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="司会",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="会議録を確定した人",
                    ),
                ),
                (
                    "counterpart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="いっしょに開く機関",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作成した人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="主催する機関",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="cases.casemeeting",
                        verbose_name="前回",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.site",
                        verbose_name="窓口",
                    ),
                ),
            ],
            options={
                "verbose_name": "会議",
                "verbose_name_plural": "会議",
            },
        ),
        migrations.CreateModel(
            name="CaseMeetingEvent",
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
                            ("regular", "定例ミーティング"),
                            ("case", "ケース会議"),
                            ("coordination", "支援調整会議"),
                            ("monthly", "月例連絡調整会議"),
                        ],
                        default="regular",
                        max_length=20,
                        verbose_name="会議の種類",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="日時")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5, "所要時間は5分以上で入力してください。"),
                            django.core.validators.MaxValueValidator(
                                480, "所要時間は480分(8時間)以内で入力してください。"
                            ),
                        ],
                        verbose_name="所要時間(分)",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="場所")),
                (
                    "repeats",
                    models.CharField(
                        choices=[("none", "今回だけ"), ("weekly", "毎週"), ("monthly", "毎月")],
                        default="none",
                        max_length=20,
                        verbose_name="繰り返し",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="作成日時")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="会議録の確定日時")),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="agreements.agreement",
                        verbose_name="協定",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="司会",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="会議録を確定した人",
                    ),
                ),
                (
                    "counterpart",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="いっしょに開く機関",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作成した人",
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
                        verbose_name="主催する機関",
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
                        to="cases.casemeeting",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.casemeeting",
                        verbose_name="前回",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="agreements.site",
                        verbose_name="窓口",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="開始日")),
                ("ends_on", models.DateField(verbose_name="終了日")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="伝えること")),
                ("made_at", models.DateTimeField(verbose_name="登録日時")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
                (
                    "colleague",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代理",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="決めた人",
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
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り消した人",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="不在の担当者",
                    ),
                ),
            ],
            options={
                "verbose_name": "代理",
                "verbose_name_plural": "代理",
            },
        ),
        migrations.CreateModel(
            name="CoverEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="開始日")),
                ("ends_on", models.DateField(verbose_name="終了日")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="伝えること")),
                ("made_at", models.DateTimeField(verbose_name="登録日時")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
                (
                    "colleague",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代理",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="決めた人",
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
                        to="cases.cover",
                    ),
                ),
                (
                    "withdrawn_by",
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
                (
                    "worker",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="不在の担当者",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="引継ぎ日")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("made_at", models.DateTimeField(verbose_name="登録日時")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="引き継いだ人",
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
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="前の担当者",
                    ),
                ),
            ],
            options={
                "verbose_name": "引継ぎ",
                "verbose_name_plural": "引継ぎ",
            },
        ),
        migrations.CreateModel(
            name="HandoverEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="引継ぎ日")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("made_at", models.DateTimeField(verbose_name="登録日時")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="引き継いだ人",
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
                        to="cases.handover",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="前の担当者",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HandoverItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="引継ぎのメモ")),
                ("moved_count", models.PositiveSmallIntegerField(default=0, verbose_name="移した予約の数")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="開いた日時")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="受領日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover_items",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="cases.handover",
                        verbose_name="引継ぎ",
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
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover_items",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="後任",
                    ),
                ),
            ],
            options={
                "verbose_name": "引き継いだケース",
                "verbose_name_plural": "引き継いだケース",
            },
        ),
        migrations.CreateModel(
            name="HandoverItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True, verbose_name="引継ぎのメモ")),
                ("moved_count", models.PositiveSmallIntegerField(default=0, verbose_name="移した予約の数")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="開いた日時")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="受領日時")),
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
                    "handover",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.handover",
                        verbose_name="引継ぎ",
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
                        to="cases.handoveritem",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="後任",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeetingGuest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guests",
                        to="cases.casemeeting",
                        verbose_name="会議",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="招いた機関",
                    ),
                ),
            ],
            options={
                "verbose_name": "招いた機関",
                "verbose_name_plural": "招いた機関",
            },
        ),
        migrations.CreateModel(
            name="MeetingGuestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                (
                    "meeting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.casemeeting",
                        verbose_name="会議",
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
                        verbose_name="招いた機関",
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
                        to="cases.meetingguest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeetingItem",
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
                            ("regular", "定例ミーティング"),
                            ("case", "ケース会議"),
                            ("coordination", "支援調整会議"),
                            ("monthly", "月例連絡調整会議"),
                        ],
                        max_length=20,
                        verbose_name="会議の種類",
                    ),
                ),
                ("held_at", models.DateTimeField(verbose_name="日時")),
                ("position", models.PositiveSmallIntegerField(verbose_name="順番")),
                ("reason", models.CharField(max_length=300, verbose_name="議題にする理由")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "これから協議"), ("discussed", "協議した"), ("postponed", "今回は見送り")],
                        default="planned",
                        max_length=20,
                        verbose_name="協議",
                    ),
                ),
                ("decision", models.TextField(blank=True, verbose_name="決まったこと")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="記録日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_items",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="cases.casemeeting",
                        verbose_name="会議",
                    ),
                ),
            ],
            options={
                "verbose_name": "会議の議題",
                "verbose_name_plural": "会議の議題",
            },
        ),
        migrations.CreateModel(
            name="MeetingItemEvent",
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
                            ("regular", "定例ミーティング"),
                            ("case", "ケース会議"),
                            ("coordination", "支援調整会議"),
                            ("monthly", "月例連絡調整会議"),
                        ],
                        max_length=20,
                        verbose_name="会議の種類",
                    ),
                ),
                ("held_at", models.DateTimeField(verbose_name="日時")),
                ("position", models.PositiveSmallIntegerField(verbose_name="順番")),
                ("reason", models.CharField(max_length=300, verbose_name="議題にする理由")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "これから協議"), ("discussed", "協議した"), ("postponed", "今回は見送り")],
                        default="planned",
                        max_length=20,
                        verbose_name="協議",
                    ),
                ),
                ("decision", models.TextField(blank=True, verbose_name="決まったこと")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="記録日時")),
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.casemeeting",
                        verbose_name="会議",
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
                        to="cases.meetingitem",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeetingParticipant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outsider_name", models.CharField(blank=True, max_length=100, verbose_name="部外の方の氏名")),
                ("outsider_body", models.CharField(blank=True, max_length=100, verbose_name="部外の方の所属")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participants",
                        to="cases.casemeeting",
                        verbose_name="会議",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="機関",
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
                        verbose_name="利用者",
                    ),
                ),
            ],
            options={
                "verbose_name": "会議の参加者",
                "verbose_name_plural": "会議の参加者",
            },
        ),
        migrations.CreateModel(
            name="MeetingParticipantEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("outsider_name", models.CharField(blank=True, max_length=100, verbose_name="部外の方の氏名")),
                ("outsider_body", models.CharField(blank=True, max_length=100, verbose_name="部外の方の所属")),
                (
                    "meeting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.casemeeting",
                        verbose_name="会議",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
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
                        to="cases.meetingparticipant",
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
                        verbose_name="利用者",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeetingTask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=200, verbose_name="すること")),
                ("somebody", models.CharField(blank=True, max_length=60, verbose_name="利用者でない、する人")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="記録日時")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="済んだ日時")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_tasks",
                        to="cases.case",
                        verbose_name="ケース",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="済みにした人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="cases.meetingitem",
                        verbose_name="議題",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録した人",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.casemeeting",
                        verbose_name="会議",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="する人",
                    ),
                ),
            ],
            options={
                "verbose_name": "会議で決めたこと",
                "verbose_name_plural": "会議で決めたこと",
            },
        ),
        migrations.CreateModel(
            name="MeetingTaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200, verbose_name="すること")),
                ("somebody", models.CharField(blank=True, max_length=60, verbose_name="利用者でない、する人")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="記録日時")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="済んだ日時")),
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
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="済みにした人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.meetingitem",
                        verbose_name="議題",
                    ),
                ),
                (
                    "made_by",
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
                    "meeting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.casemeeting",
                        verbose_name="会議",
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
                        to="cases.meetingtask",
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
                        verbose_name="する人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="casemeeting",
            index=models.Index(fields=["organisation", "-starts_at"], name="meeting_by_organisation"),
        ),
        migrations.AddIndex(
            model_name="casemeeting",
            index=models.Index(fields=["counterpart", "-starts_at"], name="meeting_by_counterpart"),
        ),
        migrations.AddConstraint(
            model_name="casemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["regular", "case", "coordination", "monthly"])),
                name="meeting_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("repeats__in", ["none", "weekly", "monthly"])), name="meeting_repeats_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="casemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("organisation", models.F("counterpart")), _negated=True),
                name="meeting_has_two_sides",
                violation_error_message="いっしょに開く機関には、主催する機関とは別の機関を選んでください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="meeting_confirmation_complete",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casemeeting",
            trigger=pgtrigger.compiler.Trigger(
                name="confirmed_minutes_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."confirmed_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="82519629cf48959df2ee5ffc15c68b0317e42bc9",
                    operation="UPDATE",
                    pgid="pgtrigger_confirmed_minutes_stay_75a51",
                    table="cases_casemeeting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casemeeting",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_casemeetingevent" ("agreement_id", "chair_id", "confirmed_at", "confirmed_by_id", "counterpart_id", "id", "kind", "made_at", "made_by_id", "minutes", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "previous_id", "repeats", "site_id", "starts_at", "version") VALUES (NEW."agreement_id", NEW."chair_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."counterpart_id", NEW."id", NEW."kind", NEW."made_at", NEW."made_by_id", NEW."minutes", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."previous_id", NEW."repeats", NEW."site_id", NEW."starts_at", NEW."version"); RETURN NULL;',
                    hash="99737897f3828a1309667669ff1cb108fc30c439",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_566ce",
                    table="cases_casemeeting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casemeeting",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_casemeetingevent" ("agreement_id", "chair_id", "confirmed_at", "confirmed_by_id", "counterpart_id", "id", "kind", "made_at", "made_by_id", "minutes", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "previous_id", "repeats", "site_id", "starts_at", "version") VALUES (NEW."agreement_id", NEW."chair_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."counterpart_id", NEW."id", NEW."kind", NEW."made_at", NEW."made_by_id", NEW."minutes", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."previous_id", NEW."repeats", NEW."site_id", NEW."starts_at", NEW."version"); RETURN NULL;',
                    hash="e639f5fdd0fc16f47dfb9b7716fdc4ac8c1f449e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d48af",
                    table="cases_casemeeting",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="cover",
            index=models.Index(fields=["colleague", "ends_on"], name="cover_by_colleague"),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="cover_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("worker", models.F("colleague")), _negated=True),
                name="cover_by_another",
                violation_error_message="代理には、不在の担当者とは別の人を選んでください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="cover_withdrawal_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                expressions=[
                    ("organisation", "="),
                    ("worker", "="),
                    ("colleague", "="),
                    (cases.models.case.InclusiveDateRange("starts_on", "ends_on"), "&&"),
                ],
                name="cover_no_overlap",
                violation_error_message="この方は、この期間すでに代理になっています。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cover",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_coverevent" ("colleague_id", "ends_on", "id", "made_at", "made_by_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "withdrawn_at", "withdrawn_by_id", "worker_id") VALUES (NEW."colleague_id", NEW."ends_on", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."starts_on", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."worker_id"); RETURN NULL;',
                    hash="321bef1bafcd07c07a36a3cc6f2a0887d1a54579",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c8c78",
                    table="cases_cover",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cover",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_coverevent" ("colleague_id", "ends_on", "id", "made_at", "made_by_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "withdrawn_at", "withdrawn_by_id", "worker_id") VALUES (NEW."colleague_id", NEW."ends_on", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."starts_on", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."worker_id"); RETURN NULL;',
                    hash="6d0a9a2747e29f254df690302e1b363225f6a23c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5fd43",
                    table="cases_cover",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["organisation", "made_at"], name="handover_by_organisation"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_handoverevent" ("id", "made_at", "made_by_id", "on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "worker_id") VALUES (NEW."id", NEW."made_at", NEW."made_by_id", NEW."on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."worker_id"); RETURN NULL;',
                    hash="8e1ecb6c7f0e370c2602fb82a2d88d709895a3e4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7623b",
                    table="cases_handover",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_handoverevent" ("id", "made_at", "made_by_id", "on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "worker_id") VALUES (NEW."id", NEW."made_at", NEW."made_by_id", NEW."on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."worker_id"); RETURN NULL;',
                    hash="65778fa4ba40ab6ae4af75b11038dbcf5d98db66",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d94a6",
                    table="cases_handover",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="handoveritem",
            index=models.Index(
                condition=models.Q(("received_at__isnull", True)), fields=["successor"], name="handover_not_received"
            ),
        ),
        migrations.AddIndex(
            model_name="handoveritem",
            index=models.Index(fields=["case"], name="handover_by_case"),
        ),
        migrations.AddConstraint(
            model_name="handoveritem",
            constraint=models.UniqueConstraint(fields=("handover", "case"), name="handover_case_once"),
        ),
        migrations.AddConstraint(
            model_name="handoveritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_at__isnull", True), ("opened_at__isnull", False), _connector="OR"),
                name="handover_opened_before_receipt",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoveritem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_handoveritemevent" ("case_id", "handover_id", "id", "moved_count", "note", "opened_at", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "successor_id") VALUES (NEW."case_id", NEW."handover_id", NEW."id", NEW."moved_count", NEW."note", NEW."opened_at", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."received_at", NEW."successor_id"); RETURN NULL;',
                    hash="1c9224df602b65ad247ebb72b20ee9e579a1c57b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5aea9",
                    table="cases_handoveritem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoveritem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_handoveritemevent" ("case_id", "handover_id", "id", "moved_count", "note", "opened_at", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "successor_id") VALUES (NEW."case_id", NEW."handover_id", NEW."id", NEW."moved_count", NEW."note", NEW."opened_at", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."received_at", NEW."successor_id"); RETURN NULL;',
                    hash="25673d77f866786f9a303360ddf04c4f364a7aa9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f854b",
                    table="cases_handoveritem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingguest",
            constraint=models.UniqueConstraint(
                fields=("meeting", "organisation"),
                name="meeting_guest_once",
                violation_error_message="この機関はすでに招いています。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingguest",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_guests_not_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(NEW.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="d6c4127bf03ef9c0c2b8d78df50d7841bcd01974",
                    operation="INSERT",
                    pgid="pgtrigger_meeting_guests_not_added_3a040",
                    table="cases_meetingguest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingguest",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_guests_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(OLD.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="7cdb990c98efecf7ec5305d34572948373aff178",
                    operation="UPDATE",
                    pgid="pgtrigger_meeting_guests_stay_253ab",
                    table="cases_meetingguest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingguest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_meetingguestevent" ("id", "meeting_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."meeting_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="ba8cae409f090a87b9085931c3464558ed229162",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_22c21",
                    table="cases_meetingguest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingguest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_meetingguestevent" ("id", "meeting_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."meeting_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="fa50030582589514db253560f5e9e5dd705bb5f8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f1564",
                    table="cases_meetingguest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="meetingitem",
            index=models.Index(fields=["case", "held_at"], name="meeting_item_by_case"),
        ),
        migrations.AddConstraint(
            model_name="meetingitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "case"),
                name="meeting_case_once",
                violation_error_message="このケースはすでに議題に入っています。",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "discussed", "postponed"])),
                name="meeting_item_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "discussed"), models.Q(("decision", ""), _negated=True)),
                    models.Q(models.Q(("state", "discussed"), _negated=True), ("decision", "")),
                    _connector="OR",
                ),
                name="meeting_discussed_has_decision",
                violation_error_message="「協議した」とするときは、決まったことを入力してください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "planned")),
                    models.Q(
                        models.Q(("state", "planned"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="meeting_item_record_complete",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingitem",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_items_not_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(NEW.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="e4979ef632bebf8bba87de7362b84e43e0ee10ee",
                    operation="INSERT",
                    pgid="pgtrigger_meeting_items_not_added_3ba63",
                    table="cases_meetingitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingitem",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_items_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(OLD.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="af433d61ecf13eb0330e60f71bfa8f625e15cea8",
                    operation="UPDATE",
                    pgid="pgtrigger_meeting_items_stay_1bf04",
                    table="cases_meetingitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_meetingitemevent" ("case_id", "decided_at", "decided_by_id", "decision", "held_at", "id", "kind", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "state", "version") VALUES (NEW."case_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."held_at", NEW."id", NEW."kind", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."reason", NEW."state", NEW."version"); RETURN NULL;',
                    hash="0082b64f86905bcda39162625d141f46adc0a402",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a4f5b",
                    table="cases_meetingitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_meetingitemevent" ("case_id", "decided_at", "decided_by_id", "decision", "held_at", "id", "kind", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "state", "version") VALUES (NEW."case_id", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."held_at", NEW."id", NEW."kind", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."reason", NEW."state", NEW."version"); RETURN NULL;',
                    hash="999cfd43efd67882d35057492ff25b6115e1b252",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2f4e5",
                    table="cases_meetingitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingparticipant",
            constraint=models.UniqueConstraint(
                fields=("meeting", "user"),
                name="meeting_participant_once",
                violation_error_message="この方はすでに参加者に入っています。",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingparticipant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("organisation__isnull", False),
                        ("outsider_body", ""),
                        ("outsider_name", ""),
                        ("user__isnull", False),
                    ),
                    models.Q(
                        ("organisation__isnull", True),
                        ("user__isnull", True),
                        models.Q(("outsider_name", ""), _negated=True),
                        models.Q(("outsider_body", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="meeting_participant_is_one",
                violation_error_message="部外の方は、氏名と所属の両方を入力してください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingparticipant",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_participants_not_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(NEW.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="0b33608471435bf684ab54004f9d9294ce67681d",
                    operation="INSERT",
                    pgid="pgtrigger_meeting_participants_not_added_cd499",
                    table="cases_meetingparticipant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingparticipant",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_participants_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(OLD.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="106eedc97695b75eed01126270f7f8d61d7748b8",
                    operation="UPDATE",
                    pgid="pgtrigger_meeting_participants_stay_4325b",
                    table="cases_meetingparticipant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingparticipant",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_meetingparticipantevent" ("id", "meeting_id", "organisation_id", "outsider_body", "outsider_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."meeting_id", NEW."organisation_id", NEW."outsider_body", NEW."outsider_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="007b346679e1ae54260142a956e1fb97c1a5fedd",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bee6d",
                    table="cases_meetingparticipant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingparticipant",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_meetingparticipantevent" ("id", "meeting_id", "organisation_id", "outsider_body", "outsider_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."meeting_id", NEW."organisation_id", NEW."outsider_body", NEW."outsider_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="04d0e9a73c09049341fa07e3ce47bcba57aea02e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_14ac9",
                    table="cases_meetingparticipant",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="meetingtask",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["case"], name="meeting_task_open_by_case"
            ),
        ),
        migrations.AddIndex(
            model_name="meetingtask",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)),
                fields=["user", "until_on"],
                name="meeting_task_open_by_user",
            ),
        ),
        migrations.AddIndex(
            model_name="meetingtask",
            index=models.Index(fields=["item"], name="meeting_task_by_item"),
        ),
        migrations.AddConstraint(
            model_name="meetingtask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("user__isnull", False), ("somebody", "")),
                    models.Q(("user__isnull", True), models.Q(("somebody", ""), _negated=True)),
                    _connector="OR",
                ),
                name="meeting_task_has_one_doer",
                violation_error_message="する人を1人選んでください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingtask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="meeting_task_done_complete",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingtask",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_tasks_not_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ittai_meeting_confirmed(NEW.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="6a1b838b3cae1c4a347188b15891a60586cbc623",
                    operation="INSERT",
                    pgid="pgtrigger_meeting_tasks_not_added_37216",
                    table="cases_meetingtask",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingtask",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_tasks_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."meeting_id" IS DISTINCT FROM (NEW."meeting_id") OR OLD."somebody" IS DISTINCT FROM (NEW."somebody") OR OLD."until_on" IS DISTINCT FROM (NEW."until_on") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."what" IS DISTINCT FROM (NEW."what"))',
                    func="\n    IF ittai_meeting_confirmed(OLD.meeting_id) THEN\n        RAISE EXCEPTION 'ittai: confirmed minutes do not change';\n    END IF;\n    RETURN NEW;\n",
                    hash="b03e4f93d7d6165d5830a2388d62b8697b8c0082",
                    operation="UPDATE",
                    pgid="pgtrigger_meeting_tasks_stay_925f3",
                    table="cases_meetingtask",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingtask",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_meetingtaskevent" ("case_id", "done_at", "done_by_id", "id", "item_id", "made_at", "made_by_id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "somebody", "until_on", "user_id", "what") VALUES (NEW."case_id", NEW."done_at", NEW."done_by_id", NEW."id", NEW."item_id", NEW."made_at", NEW."made_by_id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."somebody", NEW."until_on", NEW."user_id", NEW."what"); RETURN NULL;',
                    hash="cd37c915771f28986c6e99b646ac64e74dee2662",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_db8d4",
                    table="cases_meetingtask",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meetingtask",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_meetingtaskevent" ("case_id", "done_at", "done_by_id", "id", "item_id", "made_at", "made_by_id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "somebody", "until_on", "user_id", "what") VALUES (NEW."case_id", NEW."done_at", NEW."done_by_id", NEW."id", NEW."item_id", NEW."made_at", NEW."made_by_id", NEW."meeting_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."somebody", NEW."until_on", NEW."user_id", NEW."what"); RETURN NULL;',
                    hash="6266f2ad016b2c06a9c0275b6a8aca105861070f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_026a2",
                    table="cases_meetingtask",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FUNCTIONS_SQL, migrations.RunSQL.noop),
        *(walls_of for name, using, check in WALLED for walls_of in walls.both(RowSecurity, name, using, check=check)),
        *(Restrict(name, "DELETE, TRUNCATE") for name, _using, _check in WALLED),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name, _using, _check in WALLED),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
