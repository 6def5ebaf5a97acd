"""Who sees a row: the conditions of the policies, in words that the next migrations use, and the wall of each case.

A case is seen through a live grant; everything that hangs on a case is seen with it; a person is seen through a
case; an own note is seen by its organisation alone. A grant may be for one person until a time, and may leave kinds
of facts out. Where a person can be found (PersonContact, Workplace) is hidden while a suppression stands, except
from a user with a live release. Nothing else decides.
"""

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

MINE = "ANY ((SELECT ittai_scope())::bigint[])"
LIVE = (
    f"g.organisation_id = {MINE} AND g.withdrawn_at IS NULL"
    " AND g.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date"
    " AND (g.valid_to IS NULL OR g.valid_to >= (now() AT TIME ZONE 'Asia/Tokyo')::date)"
    " AND (g.user_id IS NULL OR (g.user_id = (SELECT ittai_user()) AND g.expires_at > now()))"
    " AND ((SELECT ittai_sees_all()) OR ittai_assigned(g.case_id))"
)

# A policy on grants cannot read grants; ittai_sees_case does it as the owner, for one case at a time.
FUNCTIONS_SQL = f"""
-- Whether the case is mine. Who stands in for an absent worker is on the team for those days.
CREATE FUNCTION ittai_assigned(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
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

CREATE FUNCTION ittai_sees_case(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = the_case AND {LIVE})
$$;

CREATE FUNCTION ittai_case_is_new(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = the_case)
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

REVOKE ALL ON FUNCTION ittai_assigned(uuid), ittai_sees_case(uuid), ittai_case_is_new(uuid), ittai_reveals(uuid),
    ittai_reveals_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_assigned(uuid), ittai_sees_case(uuid), ittai_case_is_new(uuid), ittai_reveals(uuid),
    ittai_reveals_case(uuid) TO ittai_app;
"""
FUNCTIONS_BACK = """
DROP FUNCTION ittai_reveals_case(uuid), ittai_reveals(uuid), ittai_case_is_new(uuid), ittai_sees_case(uuid),
    ittai_assigned(uuid);
"""


def through_grant(column):
    return f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.{column} AND {LIVE})"


def through_person(column):
    # Through a case that is seen: inside a policy too the cases have their wall, which asks for the grant.
    return f"EXISTS (SELECT 1 FROM cases_case c WHERE c.person_id = {{table}}.{column})"


def own_or_case(column):
    # What my organisation holds is mine to see, unless it is for another user, or I see assigned cases only.
    return (
        f"(organisation_id = {MINE} AND ((SELECT ittai_sees_all()) OR ittai_assigned({column})))"
        f" OR ittai_sees_case({column})"
    )


def within(condition):
    """The same condition for everybody but a partner that the case was referred to.

    Raises ValueError for what does not ask for the grant itself: there it could keep nobody out.
    """
    if LIVE not in condition:
        raise ValueError(condition)
    return condition.replace(LIVE, f"{LIVE} AND g.purpose <> 'referral'")


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
# Who sees a case may give it to others; who does not may only open a new one. A known id is no way in.
# A grant for one user comes from break-glass alone; the application may only end it.
GRANT_WRITTEN = (
    f"(ittai_sees_case(case_id) OR (organisation_id = {MINE} AND ittai_case_is_new(case_id)))"
    " AND (user_id IS NULL OR withdrawn_at IS NOT NULL)"
)


def both(operation, name, using, **more):
    """The table and its history."""
    return [operation(name, using, **more), operation(f"{name}Event", using, **more)]


def kept(*names):
    """Records that stay: nothing is deleted, and history does not change."""
    return [
        *(Restrict(name, "DELETE, TRUNCATE") for name in names),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name in names),
    ]


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, FUNCTIONS_BACK),
        RowSecurity("Grant", own_or_case("case_id"), check=GRANT_WRITTEN),
        RowSecurity("GrantEvent", own_or_case("case_id")),
        RowSecurity("Case", through_grant("id")),
        RowSecurity("CaseEvent", through_grant("pgh_obj_id")),
        RowSecurity("CaseTransition", within(THROUGH_CASE)),
        RowSecurity("Person", through_person("id")),
        RowSecurity("PersonEvent", through_person("pgh_obj_id")),
        *both(RowSecurity, "PersonContact", CONTACT, check=THROUGH_PERSON),
        *both(RowSecurity, "InterpreterNeed", THROUGH_PERSON),
        RowSecurity("SearchKey", own_or_case("case_id")),
        *kept("Grant", "Case", "Person", "PersonContact", "InterpreterNeed"),
        Restrict("CaseTransition", "UPDATE, DELETE, TRUNCATE"),
        CompositeForeignKey("Grant", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
        CompositeForeignKey(
            "Case", ("support_group_id", "agreement_id"), "agreements_targetgroup", ("id", "agreement_id")
        ),
    ]
