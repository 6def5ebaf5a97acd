"""Who stands in for whom, caseloads that pass to others, and meetings about cases; all behind the wall.

A meeting is seen by the organisations that take part and written by its two sides. What it says about a case
hangs on the case: whoever sees the case reads it, and nobody else, not even at the table.
"""

from importlib import import_module

from django.db import migrations

from core.db import CompositeForeignKey, RowSecurity

walls = import_module("cases.migrations.0003_walls")

OWN = f"organisation_id = {walls.MINE}"
HOSTS = f"({OWN} OR counterpart_id = {walls.MINE})"

FUNCTIONS_SQL = f"""
CREATE FUNCTION ittai_hosts_meeting(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_casemeeting WHERE id = the_meeting AND {HOSTS})
$$;
CREATE FUNCTION ittai_invited(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_meetingguest WHERE meeting_id = the_meeting AND {OWN})
$$;
CREATE FUNCTION ittai_meeting_confirmed(the_meeting uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM cases_casemeeting WHERE id = the_meeting AND confirmed_at IS NOT NULL)
$$;
-- How many cases are on the agenda, or still to be discussed, also of those the reader may not see.
CREATE FUNCTION ittai_agenda_size(the_meeting uuid, only_planned boolean) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM cases_meetingitem
    WHERE meeting_id = the_meeting AND (NOT only_planned OR state = 'planned')
      AND (ittai_hosts_meeting(the_meeting) OR ittai_invited(the_meeting))
$$;
REVOKE ALL ON FUNCTION ittai_hosts_meeting(uuid), ittai_invited(uuid), ittai_meeting_confirmed(uuid),
    ittai_agenda_size(uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_hosts_meeting(uuid), ittai_invited(uuid), ittai_meeting_confirmed(uuid),
    ittai_agenda_size(uuid, boolean) TO ittai_app;
"""
FUNCTIONS_BACK = """
DROP FUNCTION ittai_agenda_size(uuid, boolean), ittai_meeting_confirmed(uuid), ittai_invited(uuid),
    ittai_hosts_meeting(uuid);
"""

OF_MEETING = "ittai_hosts_meeting(meeting_id) OR ittai_invited(meeting_id)"
THROUGH_CASE = walls.within(walls.THROUGH_CASE)
# (table, who sees a row, who writes one); no partner that a case was only referred to is among the readers.
WALLED = (
    ("Cover", OWN, None),
    ("Handover", OWN, None),
    ("HandoverItem", walls.within(walls.OWN_SOURCE), None),
    ("CaseMeeting", f"{HOSTS} OR ittai_invited({{table}}.id)", HOSTS),
    ("MeetingGuest", OF_MEETING, "ittai_hosts_meeting(meeting_id)"),
    ("MeetingParticipant", OF_MEETING, "ittai_hosts_meeting(meeting_id)"),
    ("MeetingItem", THROUGH_CASE, f"{THROUGH_CASE} AND ittai_hosts_meeting(meeting_id)"),
    (
        "MeetingTask",
        THROUGH_CASE,
        f"{THROUGH_CASE} AND (ittai_hosts_meeting(meeting_id) OR user_id = (SELECT ittai_user()))",
    ),
)
SAME = (
    ("HandoverItem", ("handover_id", "organisation_id"), "cases_handover", ("id", "organisation_id")),
    ("MeetingTask", ("item_id", "case_id"), "cases_meetingitem", ("id", "case_id")),
    ("MeetingTask", ("item_id", "meeting_id"), "cases_meetingitem", ("id", "meeting_id")),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_calendar")]

    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, FUNCTIONS_BACK),
        *(
            operation
            for name, using, check in WALLED
            for operation in walls.both(RowSecurity, name, using, check=check or using)
        ),
        *walls.kept(*(name for name, _using, _check in WALLED)),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
