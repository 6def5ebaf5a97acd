"""The access log: a hash chain per organisation that only its own function can lengthen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.db import Restrict, RowSecurity

# One canonical text of an entry: a JSON array as PostgreSQL writes it, times in whole microseconds.
HASH_SQL = """
CREATE FUNCTION ittai_access_hash(
    the_number bigint, the_at timestamptz, the_organisation bigint, the_user bigint, the_membership bigint,
    the_role text, the_request uuid, the_act text, the_route text, the_purpose text, the_count integer, the_ip inet,
    the_subjects jsonb, the_previous bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        the_number, (extract(epoch FROM the_at) * 1000000)::bigint, the_organisation, the_user, the_membership,
        the_role, the_request, the_act, the_route, the_purpose, the_count, host(the_ip), the_subjects,
        encode(the_previous, 'hex')
    )::text, 'UTF8'))
$$;
REVOKE ALL ON FUNCTION ittai_access_hash(
    bigint, timestamptz, bigint, bigint, bigint, text, uuid, text, text, text, integer, inet, jsonb, bytea
) FROM PUBLIC;
"""

# The only way into the log. The head row is the lock: two writers of one organisation stand in line and
# never fork the chain; clock_timestamp() after the lock keeps time and number in the same order.
LOG_SQL = """
CREATE FUNCTION ittai_log_access(
    the_organisation bigint, the_user bigint, the_membership bigint, the_role text, the_request uuid, the_act text,
    the_route text, the_purpose text, the_ip inet, the_persons uuid[], the_cases uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_chain bigint := coalesce(the_organisation, 0);
    head accounts_accesschain;
    the_at timestamptz;
    the_subjects jsonb;
    the_count integer;
    the_hash bytea;
    the_entry bigint;
BEGIN
    SELECT * INTO head FROM accounts_accesschain WHERE chain = the_chain FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO accounts_accesschain (chain, last_number, last_hash)
        VALUES (the_chain, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM accounts_accesschain WHERE chain = the_chain FOR UPDATE;
    END IF;
    the_at := clock_timestamp();
    SELECT coalesce(jsonb_agg(jsonb_build_array(s.person, s.of_case) ORDER BY s.person, s.of_case), '[]'),
           count(DISTINCT s.person)
      INTO the_subjects, the_count FROM unnest(the_persons, the_cases) AS s(person, of_case);
    the_hash := ittai_access_hash(head.last_number + 1, the_at, the_organisation, the_user, the_membership, the_role,
        the_request, the_act, the_route, the_purpose, the_count, the_ip, the_subjects, head.last_hash);
    INSERT INTO accounts_accessentry (chain, number, at, organisation_id, user_id, membership_id, role, request_id, act,
        route, purpose, result_count, ip, previous_hash, hash)
    VALUES (the_chain, head.last_number + 1, the_at, the_organisation, the_user, the_membership, the_role, the_request,
        the_act, the_route, the_purpose, the_count, the_ip, head.last_hash, the_hash)
    RETURNING id INTO the_entry;
    INSERT INTO accounts_accesssubject (entry_id, person_id, case_id, at)
    SELECT the_entry, s.person, s.of_case, the_at FROM unnest(the_persons, the_cases) AS s(person, of_case);
    UPDATE accounts_accesschain SET last_number = head.last_number + 1, last_hash = the_hash WHERE chain = the_chain;
    RETURN the_entry;
END
$$;
REVOKE ALL ON FUNCTION ittai_log_access(
    bigint, bigint, bigint, text, uuid, text, text, text, inet, uuid[], uuid[]
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_log_access(
    bigint, bigint, bigint, text, uuid, text, text, text, inet, uuid[], uuid[]
) TO ittai_app;
"""

# The first broken row of a chain, or nothing. Anchors are (number, hash) pairs kept outside the database.
VERIFY_SQL = """
CREATE FUNCTION ittai_verify_access(the_chain bigint, anchor_numbers bigint[], anchor_hashes bytea[])
RETURNS TABLE (broken_number bigint, why text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH entry AS (
        SELECT e.number, e.hash, e.previous_hash,
               row_number() OVER by_number AS expected,
               lag(e.hash) OVER by_number AS hash_before,
               ittai_access_hash(e.number, e.at, e.organisation_id, e.user_id, e.membership_id, e.role, e.request_id,
                   e.act, e.route, e.purpose, e.result_count, e.ip, s.subjects, e.previous_hash) AS computed,
               s.has_other_time OR coalesce(e.organisation_id, 0) <> e.chain AS contradicts
          FROM accounts_accessentry e
          CROSS JOIN LATERAL (
              SELECT coalesce(jsonb_agg(jsonb_build_array(a.person_id, a.case_id) ORDER BY a.person_id, a.case_id), '[]')
                         AS subjects,
                     coalesce(bool_or(a.at <> e.at), false) AS has_other_time
                FROM accounts_accesssubject a WHERE a.entry_id = e.id
          ) s
         WHERE e.chain = the_chain
        WINDOW by_number AS (ORDER BY e.number)
    ), tail AS (
        SELECT coalesce(max(number), 0) AS number FROM entry
    ), broken AS (
        SELECT CASE WHEN number <> expected THEN least(number, expected) ELSE number END AS broken_number,
               CASE WHEN number <> expected THEN 'missing'
                    WHEN previous_hash IS DISTINCT FROM coalesce(hash_before, decode(repeat('00', 32), 'hex'))
                        THEN 'link'
                    WHEN hash IS DISTINCT FROM computed OR contradicts THEN 'content'
               END AS why
          FROM entry
        UNION ALL
        SELECT tail.number + 1, 'head'
          FROM tail LEFT JOIN accounts_accesschain c ON c.chain = the_chain
          LEFT JOIN entry ON entry.number = tail.number
         WHERE coalesce(c.last_number, 0) <> tail.number
            OR (tail.number > 0 AND c.last_hash IS DISTINCT FROM entry.hash)
        UNION ALL
        SELECT anchor.number, 'anchor'
          FROM unnest(anchor_numbers, anchor_hashes) AS anchor(number, hash) LEFT JOIN entry USING (number)
         WHERE anchor.number > 0 AND entry.hash IS DISTINCT FROM anchor.hash
    )
    SELECT b.broken_number, b.why FROM broken b WHERE b.why IS NOT NULL ORDER BY 1, 2 LIMIT 1
$$;
REVOKE ALL ON FUNCTION ittai_verify_access(bigint, bigint[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_verify_access(bigint, bigint[], bytea[]) TO ittai_app;
"""

# Grants bind the application; triggers bind the owner too.
APPEND_ONLY_SQL = """
CREATE FUNCTION ittai_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ittai: the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON accounts_accessentry
    FOR EACH ROW EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON accounts_accessentry
    FOR EACH STATEMENT EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER subject_stays BEFORE UPDATE OR DELETE ON accounts_accesssubject
    FOR EACH ROW EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER subject_is_not_emptied BEFORE TRUNCATE ON accounts_accesssubject
    FOR EACH STATEMENT EXECUTE FUNCTION ittai_log_is_append_only();

CREATE FUNCTION ittai_head_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.chain = OLD.chain AND NEW.last_number = OLD.last_number + 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ittai: the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER head_goes_forward BEFORE UPDATE OR DELETE ON accounts_accesschain
    FOR EACH ROW EXECUTE FUNCTION ittai_head_goes_forward();
CREATE TRIGGER head_is_not_emptied BEFORE TRUNCATE ON accounts_accesschain
    FOR EACH STATEMENT EXECUTE FUNCTION ittai_log_is_append_only();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER entry_stays ON accounts_accessentry;
DROP TRIGGER entry_is_not_emptied ON accounts_accessentry;
DROP TRIGGER subject_stays ON accounts_accesssubject;
DROP TRIGGER subject_is_not_emptied ON accounts_accesssubject;
DROP TRIGGER head_goes_forward ON accounts_accesschain;
DROP TRIGGER head_is_not_emptied ON accounts_accesschain;
DROP FUNCTION ittai_log_is_append_only(), ittai_head_goes_forward();
"""

# The administrator of log-ins belongs to no office; the database itself asks whether the user is one.
ADMINISTRATOR_SQL = """
CREATE FUNCTION ittai_is_administrator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_membership m
         WHERE m.user_id = nullif(current_setting('ittai.user', true), '')::bigint AND m.role = 'administrator'
           AND m.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date
           AND (m.valid_to IS NULL OR m.valid_to >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
    )
$$;
REVOKE ALL ON FUNCTION ittai_is_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_is_administrator() TO ittai_app;
"""
ENTRY = (
    "organisation_id = ANY ((SELECT ittai_scope())::bigint[])"
    " OR (act IN ('login', 'logout', 'login_failed', 'second_factor') AND (SELECT ittai_is_administrator()))"
)
SUBJECT = "EXISTS (SELECT 1 FROM accounts_accessentry e WHERE e.id = {table}.entry_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_identity"),
        ("core", "0001_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessChain",
            fields=[
                (
                    "chain",
                    models.BigIntegerField(
                        help_text="機関のID。機関のない記録は0", primary_key=True, serialize=False, verbose_name="系列"
                    ),
                ),
                ("last_number", models.BigIntegerField(verbose_name="最後の番号")),
                ("last_hash", models.BinaryField(verbose_name="最後のハッシュ")),
            ],
            options={
                "verbose_name": "閲覧の記録の系列",
                "verbose_name_plural": "閲覧の記録の系列",
            },
        ),
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.BigIntegerField(verbose_name="系列")),
                ("number", models.BigIntegerField(verbose_name="番号")),
                ("at", models.DateTimeField(verbose_name="日時")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("caseworker", "ケースワーカー"),
                            ("support_worker", "就労・自立支援員"),
                            ("navigator", "就職支援ナビゲーター"),
                            ("job_developer", "求人開拓・地区担当推進員"),
                            ("interpreter", "通訳"),
                            ("manager", "管理者(所長・課長・統括)"),
                            ("council", "協議会委員"),
                            ("headquarters", "労働局・都道府県"),
                            ("administrator", "システム管理者"),
                        ],
                        max_length=32,
                        verbose_name="役割",
                    ),
                ),
                ("request_id", models.UUIDField(verbose_name="要求の番号")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("view", "画面の閲覧"),
                            ("list", "一覧の表示"),
                            ("search", "検索"),
                            ("change", "入力・変更"),
                            ("print", "印刷用の文書"),
                            ("download", "ファイルの取り出し"),
                            ("task", "システムの自動処理"),
                            ("login", "ログイン"),
                            ("logout", "ログアウト"),
                            ("login_failed", "ログインの失敗"),
                            ("second_factor", "二要素認証"),
                            ("emergency_start", "緊急閲覧の開始"),
                            ("emergency_stop", "緊急閲覧の終了"),
                        ],
                        max_length=20,
                        verbose_name="したこと",
                    ),
                ),
                ("route", models.CharField(blank=True, max_length=100, verbose_name="画面")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("result_count", models.IntegerField(verbose_name="人数")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="IPアドレス")),
                ("previous_hash", models.BinaryField(verbose_name="前のハッシュ")),
                ("hash", models.BinaryField(verbose_name="ハッシュ")),
                (
                    "membership",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="所属",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="利用者",
                    ),
                ),
            ],
            options={
                "verbose_name": "閲覧の記録",
                "verbose_name_plural": "閲覧の記録",
            },
        ),
        migrations.CreateModel(
            name="AccessSubject",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.UUIDField(verbose_name="支援対象者のID")),
                ("case_id", models.UUIDField(null=True, verbose_name="ケースのID")),
                ("at", models.DateTimeField(verbose_name="日時")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subjects",
                        to="accounts.accessentry",
                        verbose_name="閲覧の記録",
                    ),
                ),
            ],
            options={
                "verbose_name": "閲覧された人",
                "verbose_name_plural": "閲覧された人",
            },
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(fields=["organisation", "-at", "-id"], name="access_by_organisation"),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("act__in", ("login", "logout", "login_failed", "second_factor"))),
                fields=["-at", "-id"],
                name="access_logins",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.UniqueConstraint(fields=("chain", "number"), name="access_entry_once"),
        ),
        migrations.AddIndex(
            model_name="accesssubject",
            index=models.Index(fields=["person_id", "-at"], name="access_by_person"),
        ),
        migrations.RunSQL(HASH_SQL, "DROP FUNCTION ittai_access_hash"),
        migrations.RunSQL(LOG_SQL, "DROP FUNCTION ittai_log_access"),
        migrations.RunSQL(VERIFY_SQL, "DROP FUNCTION ittai_verify_access"),
        migrations.RunSQL(APPEND_ONLY_SQL, APPEND_ONLY_BACK),
        migrations.RunSQL(ADMINISTRATOR_SQL, "DROP FUNCTION ittai_is_administrator()"),
        RowSecurity("AccessEntry", ENTRY),
        RowSecurity("AccessSubject", SUBJECT),
        Restrict("AccessEntry", "INSERT, UPDATE, DELETE, TRUNCATE"),
        Restrict("AccessSubject", "INSERT, UPDATE, DELETE, TRUNCATE"),
        Restrict("AccessChain", "INSERT, UPDATE, DELETE, TRUNCATE"),
    ]
