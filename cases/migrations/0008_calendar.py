"""The wall around the calendar: slots for those who serve the counter, notices and feeds for their user alone.

Two questions are answered from behind the wall, and no more than asked: which times of a desk or worker are
taken, and whose feed a secret belongs to.
"""

from importlib import import_module

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0003_walls")
OWN = "organisation_id = ANY ((SELECT ittai_scope())::bigint[])"
OWN_USER = "user_id = (SELECT ittai_user())"

FUNCTIONS_SQL = """
CREATE FUNCTION ittai_serves_site(the_site bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM agreements_agreement_sites s WHERE s.site_id = the_site AND (
            EXISTS (SELECT 1 FROM agreements_party p WHERE p.agreement_id = s.agreement_id
                    AND p.organisation_id = ANY ((SELECT ittai_scope())::bigint[]))
            OR EXISTS (SELECT 1 FROM agreements_agreement_participants t WHERE t.agreement_id = s.agreement_id
                    AND t.organisation_id = ANY ((SELECT ittai_scope())::bigint[]))
        )
    )
$$;

CREATE FUNCTION ittai_hidden_bookings(sites bigint[], workers bigint[], begins timestamptz, until timestamptz)
RETURNS TABLE (site_id bigint, desk_id bigint, worker_id bigint, starts_at timestamptz, minutes smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.site_id, a.desk_id, a.worker_id, a.starts_at, a.minutes FROM cases_appointment a
    WHERE a.status = 'booked' AND NOT a.is_group AND a.starts_at > begins AND a.starts_at < until
    AND (
        (a.site_id = ANY (sites) AND ittai_serves_site(a.site_id))
        OR (a.worker_id = ANY (workers) AND EXISTS (
            SELECT 1 FROM accounts_membership m WHERE m.user_id = a.worker_id
            AND m.organisation_id = ANY ((SELECT ittai_scope())::bigint[])
            AND m.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date
            AND (m.valid_to IS NULL OR m.valid_to >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
        ))
    )
    AND NOT ittai_sees_case(a.case_id)
    ORDER BY a.starts_at
$$;
REVOKE ALL ON FUNCTION ittai_hidden_bookings(bigint[], bigint[], timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_hidden_bookings(bigint[], bigint[], timestamptz, timestamptz) TO ittai_app;

CREATE FUNCTION ittai_feed_user(digest text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT f.user_id FROM cases_calendarfeed f WHERE f.token_digest = digest AND f.ended_at IS NULL
$$;
REVOKE ALL ON FUNCTION ittai_feed_user(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_feed_user(text) TO ittai_app;
"""
DROP_SQL = """
DROP FUNCTION ittai_feed_user(text);
DROP FUNCTION ittai_hidden_bookings(bigint[], bigint[], timestamptz, timestamptz);
DROP FUNCTION ittai_serves_site(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_one_person")]

    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, DROP_SQL),
        RowSecurity("WorkerSlot", f"{OWN} OR ittai_serves_site(site_id)", check=OWN),
        RowSecurity("WorkerSlotEvent", f"{OWN} OR ittai_serves_site(site_id)", check=OWN),
        RowSecurity("AppointmentMove", walls.within(walls.THROUGH_CASE)),
        *(
            RowSecurity(name, OWN_USER)
            for name in ("NoticeSetting", "NoticeSettingEvent", "NoticeSent", "CalendarFeed", "CalendarFeedEvent")
        ),
        Restrict("AppointmentMove", "UPDATE, DELETE, TRUNCATE"),
        Restrict("NoticeSent", "UPDATE, DELETE, TRUNCATE"),
        *(Restrict(name, "DELETE, TRUNCATE") for name in ("WorkerSlot", "NoticeSetting", "CalendarFeed")),
        *(
            Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE")
            for name in ("WorkerSlot", "NoticeSetting", "CalendarFeed")
        ),
        CompositeForeignKey("AppointmentMove", ("appointment_id", "case_id"), "cases_appointment", ("id", "case_id")),
        CompositeForeignKey("Appointment", ("desk_id", "site_id"), "agreements_desk", ("id", "site_id")),
    ]
