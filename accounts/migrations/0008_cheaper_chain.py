"""The same chain for less: same texts, same hashes, measured by bench/chain.py (A40)."""

from importlib import import_module

from django.db import migrations, models

log = import_module("accounts.migrations.0003_access_log")

# PostgreSQL plans a function in SQL anew in every transaction, one in PL/pgSQL once in a connection's life.
HASH_SQL = log.HASH_SQL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
CHEAPER_HASH_SQL = (
    HASH_SQL.replace("LANGUAGE sql", "LANGUAGE plpgsql")
    .replace("    SELECT sha256", "BEGIN\n    RETURN sha256")
    .replace("'UTF8'))\n$$;", "'UTF8'));\nEND\n$$;")
)

# One statement takes the head's row, lengthens the chain and gives both hashes; nearly every entry is of one
# person, so nothing is sorted then. The line forms at a lock outside the table: who waits for a row keeps its
# page pinned, old versions of the row stay, and every write walks along them. clock_timestamp() after the lock
# keeps time and number in the same order. The hash is ittai_access_hash, written out.
LOG_SQL = log.LOG_SQL.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
BEGINNING = LOG_SQL.partition("DECLARE")[0]
CHEAPER_LOG_SQL = f"""{BEGINNING}DECLARE
    the_chain bigint := coalesce(the_organisation, 0);
    waited text;
    the_at timestamptz;
    the_subjects jsonb;
    the_count integer;
    the_number bigint;
    the_previous bytea;
    the_hash bytea;
    the_entry bigint;
BEGIN
    waited := pg_advisory_xact_lock(hashtextextended('ittai access chain', the_chain))::text;
    the_at := clock_timestamp();
    IF cardinality(the_persons) = 1 THEN
        the_subjects := jsonb_build_array(jsonb_build_array(the_persons[1], the_cases[1]));
        the_count := num_nonnulls(the_persons[1]);
    ELSE
        SELECT coalesce(jsonb_agg(jsonb_build_array(s.person, s.of_case) ORDER BY s.person, s.of_case), '[]'),
               count(DISTINCT s.person)
          INTO the_subjects, the_count FROM unnest(the_persons, the_cases) AS s(person, of_case);
    END IF;
    LOOP
        UPDATE accounts_accesschain SET last_number = last_number + 1, previous_hash = last_hash,
            last_hash = sha256(convert_to(jsonb_build_array(
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

# The database compares the numbers itself and calls a function only to refuse.
HEAD_SQL = """
DROP TRIGGER head_goes_forward ON accounts_accesschain;
CREATE TRIGGER head_goes_forward BEFORE UPDATE ON accounts_accesschain FOR EACH ROW
    WHEN (NEW.chain <> OLD.chain OR NEW.last_number <> OLD.last_number + 1)
    EXECUTE FUNCTION ittai_log_is_append_only();
CREATE TRIGGER head_stays BEFORE DELETE ON accounts_accesschain
    FOR EACH ROW EXECUTE FUNCTION ittai_log_is_append_only();
"""
HEAD_BACK = """
DROP TRIGGER head_stays ON accounts_accesschain;
DROP TRIGGER head_goes_forward ON accounts_accesschain;
CREATE TRIGGER head_goes_forward BEFORE UPDATE OR DELETE ON accounts_accesschain
    FOR EACH ROW EXECUTE FUNCTION ittai_head_goes_forward();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_partner_worker"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesschain",
            name="previous_hash",
            field=models.BinaryField(default=b"", verbose_name="その前のハッシュ"),
        ),
        migrations.RunSQL(CHEAPER_HASH_SQL, HASH_SQL),
        migrations.RunSQL(CHEAPER_LOG_SQL, LOG_SQL),
        migrations.RunSQL(HEAD_SQL, HEAD_BACK),
    ]
