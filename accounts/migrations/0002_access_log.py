"""The access log: a hash chain per organisation that only its own function can lengthen."""

from django.db import migrations

from core.db import Restrict, RowSecurity

# Each head has a page of its own: its row is as long as it takes, and a page is filled by one (A40).
PAGES_SQL = """
ALTER TABLE accounts_accesschain SET (fillfactor = 10);
ALTER TABLE accounts_accesschain CLUSTER ON accounts_accesschain_pkey;
"""
PAGES_BACK = """
ALTER TABLE accounts_accesschain SET WITHOUT CLUSTER;
ALTER TABLE accounts_accesschain RESET (fillfactor);
"""

# One canonical text of an entry: a JSON array as PostgreSQL writes it, times in whole microseconds.
# PostgreSQL plans a function in SQL anew in every transaction, one in PL/pgSQL once in a connection's life.
HASH_SQL = """
CREATE FUNCTION ittai_access_hash(
    the_number bigint, the_at timestamptz, the_organisation bigint, the_user bigint, the_membership bigint,
    the_role text, the_request uuid, the_act text, the_route text, the_purpose text, the_count integer, the_ip inet,
    the_subjects jsonb, the_previous bytea
) RETURNS bytea LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sha256(convert_to(jsonb_build_array(
        the_number, (extract(epoch FROM the_at) * 1000000)::bigint, the_organisation, the_user, the_membership,
        the_role, the_request, the_act, the_route, the_purpose, the_count, host(the_ip), the_subjects,
        encode(the_previous, 'hex')
    )::text, 'UTF8'));
END
$$;
REVOKE ALL ON FUNCTION ittai_access_hash(
    bigint, timestamptz, bigint, bigint, bigint, text, uuid, text, text, text, integer, inet, jsonb, bytea
) FROM PUBLIC;
"""

# The only way into the log. One statement takes the head's row, lengthens the chain and gives both hashes; nearly
# every entry is of one person, so nothing is sorted then. The line forms at a lock outside the table: who waits for
# a row keeps its page pinned, old versions of the row stay, and every write walks along them. clock_timestamp()
# after the lock keeps time and number in the same order. The hash is ittai_access_hash, written out; JSON that is
# built as text is the very text that jsonb gives, without a tree in between; only json_agg writes line breaks of its
# own, so that an entry of several people keeps jsonb. Measured by bench/chain.py (A40).
LOG_SQL = """
CREATE FUNCTION ittai_log_access(
    the_organisation bigint, the_user bigint, the_membership bigint, the_role text, the_request uuid, the_act text,
    the_route text, the_purpose text, the_ip inet, the_persons uuid[], the_cases uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_chain bigint := coalesce(the_organisation, 0);
    waited text;
    the_at timestamptz;
    the_subjects json;
    the_count integer;
    the_number bigint;
    the_previous bytea;
    the_hash bytea;
    the_entry bigint;
BEGIN
    waited := pg_advisory_xact_lock(hashtextextended('ittai access chain', the_chain))::text;
    the_at := clock_timestamp();
    IF cardinality(the_persons) = 1 THEN
        the_subjects := json_build_array(json_build_array(the_persons[1], the_cases[1]));
        the_count := num_nonnulls(the_persons[1]);
    ELSE
        SELECT coalesce(jsonb_agg(jsonb_build_array(s.person, s.of_case) ORDER BY s.person, s.of_case), '[]'),
               count(DISTINCT s.person)
          INTO the_subjects, the_count FROM unnest(the_persons, the_cases) AS s(person, of_case);
    END IF;
    LOOP
        UPDATE accounts_accesschain SET last_number = last_number + 1, previous_hash = last_hash,
            last_hash = sha256(convert_to(json_build_array(
                last_number + 1, (extract(epoch FROM the_at) * 1000000)::bigint, the_organisation, the_user,
                the_membership, the_role, the_request, the_act, the_route, the_purpose, the_count, host(the_ip),
                the_subjects, encode(last_hash, 'hex')
            )::text, 'UTF8'))
         WHERE chain = the_chain
        RETURNING last_number, previous_hash, last_hash INTO the_number, the_previous, the_hash;
        EXIT WHEN FOUND;
        INSERT INTO accounts_accesschain (chain, last_number, last_hash, previous_hash)
        VALUES (the_chain, 0, decode(repeat('00', 32), 'hex'), '') ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO accounts_accessentry (chain, number, at, organisation_id, user_id, membership_id, role, request_id, act,
        route, purpose, result_count, ip, previous_hash, hash)
    VALUES (the_chain, the_number, the_at, the_organisation, the_user, the_membership, the_role, the_request,
        the_act, the_route, the_purpose, the_count, the_ip, the_previous, the_hash)
    RETURNING id INTO the_entry;
    INSERT INTO accounts_accesssubject (entry_id, person_id, case_id, at)
    SELECT the_entry, s.person, s.of_case, the_at FROM unnest(the_persons, the_cases) AS s(person, of_case);
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

-- The database compares the numbers itself and calls a function only to refuse; it asks after the update,
-- because a trigger before it locks the row once more (A40).
CREATE TRIGGER head_goes_forward AFTER UPDATE ON accounts_accesschain FOR EACH ROW
    WHEN (NEW.chain <> OLD.chain OR NEW.last_number <> OLD.last_number + 1)
    EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER head_stays BEFORE DELETE ON accounts_accesschain
    FOR EACH ROW EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER head_is_not_emptied BEFORE TRUNCATE ON accounts_accesschain
    FOR EACH STATEMENT EXECUTE FUNCTION ittai_log_is_append_only();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER entry_stays ON accounts_accessentry;
DROP TRIGGER entry_is_not_emptied ON accounts_accessentry;
DROP TRIGGER subject_stays ON accounts_accesssubject;
DROP TRIGGER subject_is_not_emptied ON accounts_accesssubject;
DROP TRIGGER head_goes_forward ON accounts_accesschain;
DROP TRIGGER head_stays ON accounts_accesschain;
DROP TRIGGER head_is_not_emptied ON accounts_accesschain;
DROP FUNCTION ittai_log_is_append_only();
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
    " OR (act IN ('login', 'logout', 'login_failed', 'second_factor', 'account') AND (SELECT ittai_is_administrator()))"
)
SUBJECT = "EXISTS (SELECT 1 FROM accounts_accessentry e WHERE e.id = {table}.entry_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("core", "0001_wall"),
    ]

    operations = [
        migrations.RunSQL(PAGES_SQL, PAGES_BACK),
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
