"""The same chain, same texts, same hashes, for less again (A40, measured by bench/chain.py).

JSON that is built as text is the very text that jsonb gives, without a tree in between; only json_agg writes line
breaks of its own, so that an entry of several people keeps jsonb.
"""

from importlib import import_module

from django.db import migrations

# The function as it is today, written out: the lock, the head and the hash are explained in 0008.
LOG_SQL = """CREATE OR REPLACE FUNCTION ittai_log_access(
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
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_head_checked_after")]

    operations = [
        migrations.RunSQL(LOG_SQL, import_module("accounts.migrations.0008_cheaper_chain").CHEAPER_LOG_SQL),
    ]
