"""Row security on every table with personal data, history included, and what the application may not do.

A case is seen through a live grant; everything that hangs on a case is seen with it; a person is seen
through a case; an own note is seen by its organisation alone. Nothing else decides.
"""

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

LIVE = (
    "g.organisation_id = ANY ((SELECT ittai_scope())::bigint[]) AND g.withdrawn_at IS NULL"
    " AND g.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date"
    " AND (g.valid_to IS NULL OR g.valid_to >= (now() AT TIME ZONE 'Asia/Tokyo')::date)"
)

# A policy on grants cannot read grants; this function does it as the owner, for one case at a time.
SEES_CASE_SQL = f"""
CREATE FUNCTION ittai_sees_case(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = the_case AND {LIVE})
$$;
REVOKE ALL ON FUNCTION ittai_sees_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_sees_case(uuid) TO ittai_app;

CREATE FUNCTION ittai_case_is_new(the_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = the_case)
$$;
REVOKE ALL ON FUNCTION ittai_case_is_new(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_case_is_new(uuid) TO ittai_app;
"""


def through_grant(column):
    return f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.{column} AND {LIVE})"


# Who sees a case may give it to others; who does not may only open a new one. A known id is no way in.
GRANT_WRITTEN = (
    "ittai_sees_case(case_id)"
    " OR (organisation_id = ANY ((SELECT ittai_scope())::bigint[]) AND ittai_case_is_new(case_id))"
)


def own_or_case(column):
    return f"organisation_id = ANY ((SELECT ittai_scope())::bigint[]) OR ittai_sees_case({column})"


THROUGH_CASE = through_grant("case_id")
NOTE = f"({THROUGH_CASE}) AND (visibility <> 'own' OR organisation_id = ANY ((SELECT ittai_scope())::bigint[]))"


def through_person(column):
    return (
        "EXISTS (SELECT 1 FROM cases_case c JOIN cases_grant g ON g.case_id = c.id"
        f" WHERE c.person_id = {{table}}.{column} AND {LIVE})"
    )


CASE_RECORDS = (
    "Appointment",
    "Assignment",
    "BenefitPeriod",
    "Consent",
    "ConsentRecipient",
    "Introduction",
    "Placement",
    "PlanMenu",
    "RetentionCheck",
    "SupportPlan",
    "SupportRequest",
)
TRACKED = (*CASE_RECORDS, "Person", "Case", "Grant", "Interview")

# (child, its columns, parent table, parent columns): a child and what it points at share the case or the agreement.
SAME = (
    ("Grant", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("ConsentRecipient", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("SupportRequest", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("PlanMenu", ("plan_id", "case_id"), "cases_supportplan", ("id", "case_id")),
    ("Interview", ("appointment_id", "case_id"), "cases_appointment", ("id", "case_id")),
    ("Placement", ("introduction_id", "case_id"), "cases_introduction", ("id", "case_id")),
    ("RetentionCheck", ("placement_id", "case_id"), "cases_placement", ("id", "case_id")),
    ("Case", ("support_group_id", "agreement_id"), "agreements_targetgroup", ("id", "agreement_id")),
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_initial"),
        ("core", "0001_wall"),
    ]

    operations = [
        migrations.RunSQL(SEES_CASE_SQL, "DROP FUNCTION ittai_sees_case(uuid), ittai_case_is_new(uuid)"),
        RowSecurity("Grant", own_or_case("case_id"), check=GRANT_WRITTEN),
        RowSecurity("GrantEvent", own_or_case("case_id")),
        RowSecurity("Case", through_grant("id")),
        RowSecurity("CaseEvent", through_grant("pgh_obj_id")),
        RowSecurity("CaseTransition", THROUGH_CASE),
        RowSecurity("Person", through_person("id")),
        RowSecurity("PersonEvent", through_person("pgh_obj_id")),
        RowSecurity("Interview", NOTE),
        RowSecurity("InterviewEvent", NOTE),
        RowSecurity("SearchKey", own_or_case("case_id")),
        *(RowSecurity(name, THROUGH_CASE) for name in CASE_RECORDS),
        *(RowSecurity(f"{name}Event", THROUGH_CASE) for name in CASE_RECORDS),
        *(Restrict(name, "DELETE, TRUNCATE") for name in TRACKED),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name in TRACKED),
        Restrict("CaseTransition", "UPDATE, DELETE, TRUNCATE"),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
