"""The walls inside a case: kinds of facts, team notes, protected sources, suppression, break-glass.

A grant may be for one person until a time, and may leave kinds of facts out. Where a person can be found
(PersonContact, Workplace) is hidden while a suppression stands, except from a user with a live release.
"""

from importlib import import_module

from django.db import migrations

from core.db import ChangeRowSecurity, CompositeForeignKey, Restrict, RowSecurity

before = import_module("cases.migrations.0003_wall")

MINE = "ANY ((SELECT ittai_scope())::bigint[])"
LIVE = (
    f"{before.LIVE}"
    " AND (g.user_id IS NULL OR (g.user_id = (SELECT ittai_user()) AND g.expires_at > now()))"
    " AND ((SELECT ittai_sees_all()) OR ittai_assigned(g.case_id))"
)

FUNCTIONS_SQL = f"""
CREATE FUNCTION ittai_assigned(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM cases_assignment a
        WHERE a.case_id = the_case AND a.user_id = ittai_user()
          AND a.starts_on <= (now() AT TIME ZONE 'Asia/Tokyo')::date
          AND (a.ends_on IS NULL OR a.ends_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date))
$$;

CREATE OR REPLACE FUNCTION ittai_sees_case(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = the_case AND {LIVE})
$$;

-- Whether the person's whereabouts are open to this user: no suppression stands, or a release is live.
CREATE FUNCTION ittai_reveals(the_person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT 1 FROM cases_suppression s WHERE s.person_id = the_person AND s.lifted_at IS NULL)
        OR EXISTS (
            SELECT 1 FROM cases_release r JOIN cases_suppression s ON s.id = r.suppression_id
            WHERE r.person_id = the_person AND r.user_id = ittai_user() AND r.kind IN ('view', 'print')
              AND r.approved_at IS NOT NULL AND r.expires_at > now() AND s.lifted_at IS NULL)
$$;
CREATE FUNCTION ittai_reveals_case(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT ittai_reveals(c.person_id) FROM cases_case c WHERE c.id = the_case
$$;

-- Whether a text names a hidden address or phone; compared without spaces and in one width (A30).
CREATE FUNCTION ittai_names_hidden(the_case uuid, the_text text) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
    plain text := regexp_replace(normalize(the_text, NFKC), '[\\s　]', '', 'g');
BEGIN
    IF NOT ittai_sees_case(the_case) THEN
        RETURN false;
    END IF;
    FOR found IN
        SELECT regexp_replace(normalize(p.address, NFKC), '[\\s　]', '', 'g') AS address,
               regexp_replace(normalize(p.phone, NFKC), '\\D', '', 'g') AS phone
        FROM cases_case c
        JOIN cases_suppression s ON s.person_id = c.person_id AND s.lifted_at IS NULL
        JOIN cases_personcontact p ON p.person_id = c.person_id
        WHERE c.id = the_case
    LOOP
        IF length(found.address) >= 4 AND position(found.address IN plain) > 0 THEN
            RETURN true;
        END IF;
        IF length(found.phone) >= 9
           AND position(found.phone IN regexp_replace(plain, '[-‐‑‒–—―ー−()]', '', 'g')) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;

-- Break-glass: find one case by number, or by reading and birthday, and open it to this user for 30 minutes.
CREATE FUNCTION ittai_break_glass(
    access_id uuid, grant_id uuid, reader bigint, the_reason text, review_on date,
    holder_id bigint, the_number text, the_kana text, the_birth text
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me bigint := ittai_user();
    found uuid;
    found_holder bigint;
    until timestamptz := now() + interval '30 minutes';
BEGIN
    IF me IS NULL OR NOT (reader = ANY (ittai_scope())) THEN
        RAISE EXCEPTION 'ittai: break-glass needs a user and an organisation' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF the_number <> '' THEN
        SELECT c.id, c.organisation_id INTO found, found_holder
        FROM cases_case c WHERE c.number = the_number AND c.organisation_id = holder_id;
    ELSIF the_kana <> '' AND the_birth <> '' THEN
        -- One person only: two people of the same name and birthday are opened by number.
        SELECT c.id, c.organisation_id INTO found, found_holder
        FROM cases_searchkey k
        JOIN cases_searchkey b ON b.case_id = k.case_id AND b.organisation_id = k.organisation_id
        JOIN cases_case c ON c.id = k.case_id AND c.organisation_id = k.organisation_id
        WHERE k.kind = 'kana' AND k.key = the_kana AND b.kind = 'birth' AND b.key = the_birth
        ORDER BY (c.state = 'closed'), c.opened_on DESC LIMIT 1;
        IF (SELECT count(DISTINCT c.person_id)
            FROM cases_searchkey k
            JOIN cases_searchkey b ON b.case_id = k.case_id AND b.organisation_id = k.organisation_id
            JOIN cases_case c ON c.id = k.case_id AND c.organisation_id = k.organisation_id
            WHERE k.kind = 'kana' AND k.key = the_kana AND b.kind = 'birth' AND b.key = the_birth) > 1 THEN
            found := NULL;
            found_holder := NULL;
        END IF;
    END IF;
    INSERT INTO cases_emergencyaccess
        (id, case_id, holder_id, user_id, organisation_id, reason, started_at, expires_at, review_due_on,
         verdict, review_note)
    VALUES (access_id, found, found_holder, me, reader, the_reason, now(), until, review_on, '', '');
    IF found IS NOT NULL AND NOT ittai_sees_case(found) THEN
        INSERT INTO cases_grant
            (id, case_id, organisation_id, purpose, legal_basis, includes_health, includes_finance, includes_family,
             valid_from, user_id, expires_at, given_by_id, created_at, touched_at, withdrawal_reason)
        VALUES (grant_id, found, reader, 'emergency', 'statute', true, true, true,
                (now() AT TIME ZONE 'Asia/Tokyo')::date, me, until, me, now(), now(), '');
    END IF;
    RETURN found;
END
$$;

REVOKE ALL ON FUNCTION ittai_assigned(uuid), ittai_reveals(uuid), ittai_reveals_case(uuid),
    ittai_names_hidden(uuid, text),
    ittai_break_glass(uuid, uuid, bigint, text, date, bigint, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_assigned(uuid), ittai_reveals(uuid), ittai_reveals_case(uuid),
    ittai_names_hidden(uuid, text),
    ittai_break_glass(uuid, uuid, bigint, text, date, bigint, text, text, text) TO ittai_app;
"""

# Grants get what the consent says; a holder's own grant includes all. Whereabouts move to tables of their own.
MOVE_SQL = """
UPDATE cases_grant SET includes_health = true, includes_finance = true, includes_family = true
    WHERE consent_id IS NULL;
UPDATE cases_grant g SET includes_health = c.includes_health, includes_finance = c.includes_finance,
    includes_family = c.includes_family FROM cases_consent c WHERE c.id = g.consent_id;
INSERT INTO cases_personcontact
    (person_id, version, postal_code, address, phone, email, contact_note, school, route, family)
    SELECT id, 1, postal_code, address, phone, email, contact_note, '', '', '' FROM cases_person;
INSERT INTO cases_workplace (id, case_id, introduction_id, placement_id, employer_id, vacancy_id)
    SELECT gen_random_uuid(), case_id, id, NULL, employer_id, vacancy_id FROM cases_introduction
    UNION ALL SELECT gen_random_uuid(), case_id, NULL, id, employer_id, NULL FROM cases_placement;
"""


def through_grant(column):
    return f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.{column} AND {LIVE})"


def through_person(column):
    return (
        "EXISTS (SELECT 1 FROM cases_case c JOIN cases_grant g ON g.case_id = c.id"
        f" WHERE c.person_id = {{table}}.{column} AND {LIVE})"
    )


def own_or_case(column):
    # What my organisation holds is mine to see, unless it is for another user, or I see assigned cases only.
    return (
        f"(organisation_id = {MINE} AND ((SELECT ittai_sees_all()) OR ittai_assigned({column})))"
        f" OR ittai_sees_case({column})"
    )


THROUGH_CASE = through_grant("case_id")
THROUGH_PERSON = through_person("person_id")
INCLUDED = (
    f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.case_id AND {LIVE}"
    " AND CASE {table}.field_group WHEN '' THEN true WHEN 'health' THEN g.includes_health"
    " WHEN 'finance' THEN g.includes_finance WHEN 'family' THEN g.includes_family ELSE false END)"
)
NOTE = (
    f"({INCLUDED}) AND CASE visibility WHEN 'shared' THEN true WHEN 'own' THEN organisation_id = {MINE}"
    " WHEN 'team' THEN written_by_id = (SELECT ittai_user()) OR ittai_assigned(case_id) ELSE false END"
)
OWN_SOURCE = f"organisation_id = {MINE} AND {THROUGH_CASE}"
CONTACT = f"({THROUGH_PERSON}) AND ittai_reveals(person_id)"
WORKPLACE = f"({THROUGH_CASE}) AND ittai_reveals_case(case_id)"
EMERGENCY = f"organisation_id = {MINE} OR holder_id = {MINE}"
# A grant for one user comes from break-glass alone; the application may only end it.
GRANT_WRITTEN = f"({before.GRANT_WRITTEN}) AND (user_id IS NULL OR withdrawn_at IS NOT NULL)"

NEW = ("Circumstance", "NoteSource", "PersonContact", "Workplace", "Suppression", "Release", "EmergencyAccess")
SAME = (
    ("Workplace", ("introduction_id", "case_id"), "cases_introduction", ("id", "case_id")),
    ("Workplace", ("placement_id", "case_id"), "cases_placement", ("id", "case_id")),
    ("NoteSource", ("interview_id", "case_id"), "cases_interview", ("id", "case_id")),
    ("Release", ("suppression_id", "person_id"), "cases_suppression", ("id", "person_id")),
)


def both(operation, name, using, **more):
    """The table and its history."""
    return [operation(name, using, **more), operation(f"{name}Event", using, **more)]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_wall_tables"),
        ("core", "0002_user_functions"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, migrations.RunSQL.noop),
        ChangeRowSecurity(
            "Grant",
            own_or_case("case_id"),
            check=GRANT_WRITTEN,
            was=before.own_or_case("case_id"),
            was_check=before.GRANT_WRITTEN,
        ),
        ChangeRowSecurity("GrantEvent", own_or_case("case_id"), was=before.own_or_case("case_id")),
        ChangeRowSecurity("Case", through_grant("id"), was=before.through_grant("id")),
        ChangeRowSecurity("CaseEvent", through_grant("pgh_obj_id"), was=before.through_grant("pgh_obj_id")),
        ChangeRowSecurity("CaseTransition", THROUGH_CASE, was=before.THROUGH_CASE),
        ChangeRowSecurity("Person", through_person("id"), was=before.through_person("id")),
        ChangeRowSecurity("PersonEvent", through_person("pgh_obj_id"), was=before.through_person("pgh_obj_id")),
        *both(ChangeRowSecurity, "Interview", NOTE, was=before.NOTE),
        ChangeRowSecurity("SearchKey", own_or_case("case_id"), was=before.own_or_case("case_id")),
        *(
            operation
            for name in before.CASE_RECORDS
            for operation in both(ChangeRowSecurity, name, THROUGH_CASE, was=before.THROUGH_CASE)
        ),
        *both(RowSecurity, "Circumstance", INCLUDED),
        *both(RowSecurity, "NoteSource", OWN_SOURCE),
        *both(RowSecurity, "PersonContact", CONTACT, check=THROUGH_PERSON),
        *both(RowSecurity, "Workplace", WORKPLACE, check=THROUGH_CASE),
        *both(RowSecurity, "Suppression", THROUGH_PERSON),
        *both(RowSecurity, "Release", THROUGH_PERSON),
        *both(RowSecurity, "EmergencyAccess", EMERGENCY),
        *(Restrict(name, "DELETE, TRUNCATE") for name in NEW),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name in NEW),
        Restrict("EmergencyAccess", "INSERT"),
        *(CompositeForeignKey(*row) for row in SAME),
        migrations.RunSQL(MOVE_SQL, migrations.RunSQL.noop),
    ]
