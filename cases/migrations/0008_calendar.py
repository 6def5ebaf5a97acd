"""Sites, desks and follow-up of bookings; slots, moves, notices, feeds. A double booking is refused."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cases.models.contact
import core.db

# Minutes do not depend on a time zone, so the span may stand in an index; PostgreSQL cannot know that.
SPAN_SQL = """
CREATE FUNCTION ittai_span(begins timestamptz, minutes integer) RETURNS tstzrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tstzrange(begins, begins + make_interval(mins => minutes))
$$;
"""

# Bookings of earlier days may overlap: they stay as they are, as talks with several people.
OVERLAPS_SQL = """
UPDATE cases_appointment a SET is_group = true
WHERE a.status = 'booked' AND EXISTS (
    SELECT 1 FROM cases_appointment b
    WHERE b.worker_id = a.worker_id AND b.status = 'booked' AND b.id <> a.id
    AND ittai_span(b.starts_at, b.minutes) && ittai_span(a.starts_at, a.minutes)
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("agreements", "0004_desks"),
        ("cases", "0007_attachments"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AppointmentMove",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_starts_at", models.DateTimeField(verbose_name="前の日時")),
                ("to_starts_at", models.DateTimeField(verbose_name="後の日時")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("moved_at", models.DateTimeField(verbose_name="変えた日時")),
            ],
            options={
                "verbose_name": "予約の日時の変更",
                "verbose_name_plural": "予約の日時の変更",
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_digest", models.CharField(max_length=64, unique=True, verbose_name="合言葉のSHA-256")),
                ("created_at", models.DateTimeField(verbose_name="発行日時")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="終了日時")),
            ],
            options={
                "verbose_name": "カレンダーの公開",
                "verbose_name_plural": "カレンダーの公開",
            },
        ),
        migrations.CreateModel(
            name="CalendarFeedEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(verbose_name="発行日時")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="終了日時")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NoticeSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("morning", "朝のまとめ"), ("reminder", "次の仕事日の予約")],
                        max_length=20,
                        verbose_name="種類",
                    ),
                ),
                ("day_on", models.DateField(verbose_name="どの日の分か")),
                ("sent_at", models.DateTimeField(verbose_name="送信日時")),
            ],
            options={
                "verbose_name": "送ったお知らせ",
                "verbose_name_plural": "送ったお知らせ",
            },
        ),
        migrations.CreateModel(
            name="NoticeSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("has_morning", models.BooleanField(default=True, verbose_name="朝のまとめを受け取る")),
                ("has_reminder", models.BooleanField(default=True, verbose_name="次の仕事日の予約の件数を受け取る")),
            ],
            options={
                "verbose_name": "お知らせの設定",
                "verbose_name_plural": "お知らせの設定",
            },
        ),
        migrations.CreateModel(
            name="NoticeSettingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("has_morning", models.BooleanField(default=True, verbose_name="朝のまとめを受け取る")),
                ("has_reminder", models.BooleanField(default=True, verbose_name="次の仕事日の予約の件数を受け取る")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkerSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "月曜日"),
                            (1, "火曜日"),
                            (2, "水曜日"),
                            (3, "木曜日"),
                            (4, "金曜日"),
                            (5, "土曜日"),
                            (6, "日曜日"),
                        ],
                        verbose_name="曜日",
                    ),
                ),
                ("start_time", models.TimeField(verbose_name="開始時刻")),
                ("end_time", models.TimeField(verbose_name="終了時刻")),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日まで")),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="補足")),
            ],
            options={
                "verbose_name": "窓口にいる時間",
                "verbose_name_plural": "窓口にいる時間",
            },
        ),
        migrations.CreateModel(
            name="WorkerSlotEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "月曜日"),
                            (1, "火曜日"),
                            (2, "水曜日"),
                            (3, "木曜日"),
                            (4, "金曜日"),
                            (5, "土曜日"),
                            (6, "日曜日"),
                        ],
                        verbose_name="曜日",
                    ),
                ),
                ("start_time", models.TimeField(verbose_name="開始時刻")),
                ("end_time", models.TimeField(verbose_name="終了時刻")),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日まで")),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="補足")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="update_update",
        ),
        migrations.AddField(
            model_name="appointment",
            name="bring",
            field=models.CharField(blank=True, max_length=200, verbose_name="持ち物"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="desk",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="agreements.desk",
                verbose_name="席・部屋",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="followed_up_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="欠席後に連絡した日時"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="followed_up_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="欠席後に連絡した人",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="is_group",
            field=models.BooleanField(default=False, verbose_name="セミナーなど同じ時間に何人かと会う"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="agreements.site",
                verbose_name="窓口",
            ),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="bring",
            field=models.CharField(blank=True, max_length=200, verbose_name="持ち物"),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="desk",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="agreements.desk",
                verbose_name="席・部屋",
            ),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="followed_up_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="欠席後に連絡した日時"),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="followed_up_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="欠席後に連絡した人",
            ),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="is_group",
            field=models.BooleanField(default=False, verbose_name="セミナーなど同じ時間に何人かと会う"),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="site",
            field=models.ForeignKey(
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
        migrations.AlterField(
            model_name="appointment",
            name="note",
            field=models.CharField(blank=True, max_length=200, verbose_name="用件"),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="note",
            field=models.CharField(blank=True, max_length=200, verbose_name="用件"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["site", "starts_at"], name="appointment_by_site"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_appointmentevent" ("bring", "case_id", "created_at", "created_by_id", "desk_id", "followed_up_at", "followed_up_by_id", "id", "is_group", "method", "minutes", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "site_id", "starts_at", "status", "status_at", "status_by_id", "status_note", "worker_id") VALUES (NEW."bring", NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."followed_up_at", NEW."followed_up_by_id", NEW."id", NEW."is_group", NEW."method", NEW."minutes", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."site_id", NEW."starts_at", NEW."status", NEW."status_at", NEW."status_by_id", NEW."status_note", NEW."worker_id"); RETURN NULL;',
                    hash="bf4521a63c6e33eeb00baf680b46662a33c6ed84",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fb745",
                    table="cases_appointment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_appointmentevent" ("bring", "case_id", "created_at", "created_by_id", "desk_id", "followed_up_at", "followed_up_by_id", "id", "is_group", "method", "minutes", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "site_id", "starts_at", "status", "status_at", "status_by_id", "status_note", "worker_id") VALUES (NEW."bring", NEW."case_id", NEW."created_at", NEW."created_by_id", NEW."desk_id", NEW."followed_up_at", NEW."followed_up_by_id", NEW."id", NEW."is_group", NEW."method", NEW."minutes", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."site_id", NEW."starts_at", NEW."status", NEW."status_at", NEW."status_by_id", NEW."status_note", NEW."worker_id"); RETURN NULL;',
                    hash="23caa2bd33144a9924a3b2b79fa598432885372b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1fdb2",
                    table="cases_appointment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(SPAN_SQL, "DROP FUNCTION ittai_span(timestamptz, integer)"),
        migrations.RunSQL(OVERLAPS_SQL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("is_group", False), ("status", "booked")),
                expressions=[("worker", "="), (cases.models.contact.Span(), "&&")],
                name="appointment_worker_free",
                violation_error_message="会う人には、重なる時間の予約がすでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("is_group", False), ("status", "booked"), ("desk__isnull", False)),
                expressions=[("desk", "="), (cases.models.contact.Span(), "&&")],
                name="appointment_desk_free",
                violation_error_message="この席には、重なる時間の予約がすでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("desk__isnull", True), ("site__isnull", False), _connector="OR"),
                name="appointment_desk_has_site",
                violation_error_message="席を決めるときは窓口も決めてください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("followed_up_at__isnull", True), ("followed_up_by__isnull", True)),
                    models.Q(("followed_up_at__isnull", False), ("followed_up_by__isnull", False)),
                    _connector="OR",
                ),
                name="appointment_follow_up_complete",
            ),
        ),
        migrations.AddField(
            model_name="appointmentmove",
            name="appointment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="cases.appointment",
                verbose_name="予約",
            ),
        ),
        migrations.AddField(
            model_name="appointmentmove",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case", verbose_name="ケース"
            ),
        ),
        migrations.AddField(
            model_name="appointmentmove",
            name="moved_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="変えた人",
            ),
        ),
        migrations.AddField(
            model_name="appointmentmove",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="機関",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="利用者",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeedevent",
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
            model_name="calendarfeedevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.calendarfeed",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeedevent",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="利用者",
            ),
        ),
        migrations.AddField(
            model_name="noticesent",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="利用者",
            ),
        ),
        migrations.AddField(
            model_name="noticesetting",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="利用者",
            ),
        ),
        migrations.AddField(
            model_name="noticesettingevent",
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
            model_name="noticesettingevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.noticesetting",
            ),
        ),
        migrations.AddField(
            model_name="noticesettingevent",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="利用者",
            ),
        ),
        migrations.AddField(
            model_name="workerslot",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="機関",
            ),
        ),
        migrations.AddField(
            model_name="workerslot",
            name="site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="worker_slots",
                to="agreements.site",
                verbose_name="窓口",
            ),
        ),
        migrations.AddField(
            model_name="workerslot",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="worker_slots",
                to=settings.AUTH_USER_MODEL,
                verbose_name="担当者",
            ),
        ),
        migrations.AddField(
            model_name="workerslotevent",
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
            model_name="workerslotevent",
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
            model_name="workerslotevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="cases.workerslot",
            ),
        ),
        migrations.AddField(
            model_name="workerslotevent",
            name="site",
            field=models.ForeignKey(
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
        migrations.AddField(
            model_name="workerslotevent",
            name="worker",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="担当者",
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentmove",
            index=models.Index(fields=["appointment", "moved_at"], name="move_by_appointment"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("user",),
                name="feed_one_open",
                violation_error_message="使えるアドレスは一人に一つです。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calendarfeed",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_calendarfeedevent" ("created_at", "ended_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."created_at", NEW."ended_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="474b445a4f2adf9b163ec40c78aabcc745ad863e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b10ce",
                    table="cases_calendarfeed",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calendarfeed",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "cases_calendarfeedevent" ("created_at", "ended_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."created_at", NEW."ended_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="6a073fe2315e30f96a46f35bec05eb3940b573ed",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ba747",
                    table="cases_calendarfeed",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesent",
            constraint=models.UniqueConstraint(fields=("user", "kind", "day_on"), name="notice_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="noticesetting",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_noticesettingevent" ("has_morning", "has_reminder", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."has_morning", NEW."has_reminder", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="1d9f9059cfbebacc732394aa58ee716316abc88a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_05eb7",
                    table="cases_noticesetting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="noticesetting",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_noticesettingevent" ("has_morning", "has_reminder", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."has_morning", NEW."has_reminder", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;',
                    hash="5ee76bd1bf10f64295deab1c3d744af699433634",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ec114",
                    table="cases_noticesetting",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="workerslot",
            index=models.Index(fields=["worker", "weekday"], name="slot_by_worker"),
        ),
        migrations.AddIndex(
            model_name="workerslot",
            index=models.Index(fields=["site", "weekday"], name="slot_by_site"),
        ),
        migrations.AddConstraint(
            model_name="workerslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (0, 6))), name="slot_weekday_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="workerslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_time__gt", models.F("start_time"))),
                name="slot_times_in_order",
                violation_error_message="終了時刻は開始時刻より後にしてください。",
            ),
        ),
        migrations.AddConstraint(
            model_name="workerslot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="slot_period_in_order",
                violation_error_message="「この日まで」は「この日から」以降の日にしてください。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workerslot",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_workerslotevent" ("end_time", "id", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "start_time", "valid_from", "valid_to", "version", "weekday", "worker_id") VALUES (NEW."end_time", NEW."id", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."site_id", NEW."start_time", NEW."valid_from", NEW."valid_to", NEW."version", NEW."weekday", NEW."worker_id"); RETURN NULL;',
                    hash="2825d7435ba9804421e1772107478d0211815cd1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_410e9",
                    table="cases_workerslot",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workerslot",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_workerslotevent" ("end_time", "id", "note", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "start_time", "valid_from", "valid_to", "version", "weekday", "worker_id") VALUES (NEW."end_time", NEW."id", NEW."note", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."site_id", NEW."start_time", NEW."valid_from", NEW."valid_to", NEW."version", NEW."weekday", NEW."worker_id"); RETURN NULL;',
                    hash="32777914c0f83c9500ba784dc81eced40c77e2c9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9bfee",
                    table="cases_workerslot",
                    when="AFTER",
                ),
            ),
        ),
    ]
