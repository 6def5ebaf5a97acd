"""Two registrations of one person: merged, or found to be two people. Who read a person; readings that stand out."""

from importlib import import_module

from django.db import migrations

from core.db import RowSecurity

walls = import_module("cases.migrations.0003_walls")

# Readers of every organisation, for the one that holds a case of the person and sees it (security.md A36).
# One row per day, user and page; driven from the index (person, time) of the log. Who read a registration that was
# merged into this one has read this person.
READERS_SQL = """
CREATE FUNCTION ittai_readers_of(the_person uuid, the_start timestamptz, the_end timestamptz, the_limit integer)
RETURNS TABLE (read_on date, first_at timestamptz, last_at timestamptz, times bigint, organisation_id bigint,
    user_id bigint, role text, act text, route text, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH entry AS MATERIALIZED (
        SELECT DISTINCT s.entry_id FROM accounts_accesssubject s
         WHERE s.person_id IN (
               WITH RECURSIVE same AS (
                   SELECT the_person AS id
                   UNION SELECT p.id FROM cases_person p JOIN same ON p.merged_into_id = same.id
               ) SELECT id FROM same
           ) AND s.at >= the_start AND s.at < the_end
           AND EXISTS (
               SELECT 1 FROM cases_case c
                WHERE c.person_id = the_person AND c.organisation_id = ANY ((SELECT ittai_scope())::bigint[])
                  AND ittai_sees_case(c.id)
           )
    )
    SELECT (e.at AT TIME ZONE 'Asia/Tokyo')::date, min(e.at), max(e.at), count(*), e.organisation_id, e.user_id,
           e.role::text, e.act::text, e.route::text, e.purpose::text
      FROM entry JOIN accounts_accessentry e ON e.id = entry.entry_id
     GROUP BY 1, e.organisation_id, e.user_id, e.role, e.act, e.route, e.purpose
     ORDER BY 2 DESC, e.user_id, e.route LIMIT the_limit
$$;
REVOKE ALL ON FUNCTION ittai_readers_of(uuid, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_readers_of(uuid, timestamptz, timestamptz, integer) TO ittai_app;
"""

# One bit for somebody who sees the person: is there a case of theirs that my organisations do not see? A merge
# would move it. What break-glass shows to one user for half an hour does not count as seen, nor does a case that was
# only referred to my organisations.
HAS_HIDDEN_CASE_SQL = f"""
CREATE FUNCTION ittai_has_hidden_case(the_person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE seen) > 0 AND count(*) FILTER (WHERE NOT shared) > 0
    FROM (SELECT ittai_sees_case(c.id) AS seen,
                 EXISTS (SELECT 1 FROM cases_grant g
                         WHERE g.case_id = c.id AND {walls.LIVE} AND g.user_id IS NULL AND g.purpose <> 'referral') AS shared
          FROM cases_case c WHERE c.person_id = the_person) AS case_of_person
$$;
REVOKE ALL ON FUNCTION ittai_has_hidden_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_has_hidden_case(uuid) TO ittai_app;
"""

# A merge is seen by whoever sees the person that was kept.
THROUGH_KEPT = walls.through_person("kept_id")
# Who sees both registrations sees that they are two people.
BOTH = f"({walls.through_person('person_id')}) AND ({walls.through_person('other_id')})"

# Whoever corrects one registration may see only that one: the database notes that the pair has to be looked at again.
LAPSE_SQL = """
CREATE FUNCTION ittai_lapse_not_same() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    the_person uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
    UPDATE cases_notsame SET lapsed_at = now()
    WHERE (person_id = the_person OR other_id = the_person) AND undone_at IS NULL AND lapsed_at IS NULL;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION ittai_lapse_not_same() FROM PUBLIC;
CREATE TRIGGER lapse_not_same AFTER UPDATE OF name, name_kana, birth_on, birth_part ON cases_person FOR EACH ROW
WHEN ((OLD.name, OLD.name_kana, OLD.birth_on, OLD.birth_part)
    IS DISTINCT FROM (NEW.name, NEW.name_kana, NEW.birth_on, NEW.birth_part))
EXECUTE FUNCTION ittai_lapse_not_same('id');
CREATE TRIGGER lapse_not_same AFTER UPDATE OF phone ON cases_personcontact FOR EACH ROW
WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION ittai_lapse_not_same('person_id');
"""
LAPSE_BACK_SQL = """
DROP TRIGGER lapse_not_same ON cases_personcontact;
DROP TRIGGER lapse_not_same ON cases_person;
DROP FUNCTION ittai_lapse_not_same();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_access_log"),
        ("cases", "0006_emergency"),
    ]

    operations = [
        migrations.RunSQL(READERS_SQL, "DROP FUNCTION ittai_readers_of"),
        migrations.RunSQL(HAS_HIDDEN_CASE_SQL, "DROP FUNCTION ittai_has_hidden_case(uuid)"),
        migrations.RunSQL(LAPSE_SQL, LAPSE_BACK_SQL),
        *walls.both(RowSecurity, "PersonMerge", THROUGH_KEPT),
        *walls.both(RowSecurity, "NotSame", BOTH),
        *walls.both(RowSecurity, "OddReading", f"organisation_id = {walls.MINE}"),
        *walls.kept("PersonMerge", "NotSame", "OddReading"),
    ]
