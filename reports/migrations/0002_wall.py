"""The people behind the numbers are seen through the same grants as their cases."""

from django.db import migrations

from core.db import Restrict, RowSecurity

# The same condition as on every record of a case (cases.0003_walls), written out: a migration is history.
THROUGH_GRANT = (
    "EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {table}.case_id"
    " AND g.organisation_id = ANY ((SELECT ittai_scope())::bigint[]) AND g.withdrawn_at IS NULL"
    " AND g.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date"
    " AND (g.valid_to IS NULL OR g.valid_to >= (now() AT TIME ZONE 'Asia/Tokyo')::date))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("cases", "0003_walls"),
    ]

    operations = [
        RowSecurity("CountedFact", THROUGH_GRANT),
        Restrict("CountedFact", "UPDATE, TRUNCATE"),
        Restrict("MonthlyReport", "DELETE, TRUNCATE"),
        Restrict("ReportDecision", "UPDATE, DELETE, TRUNCATE"),
    ]
