"""The time a booking takes, for the constraint that refuses a double one."""

from django.db import migrations

# Minutes do not depend on a time zone, so the span may stand in an index; PostgreSQL cannot know that.
SPAN_SQL = """
CREATE FUNCTION ittai_span(begins timestamptz, minutes integer) RETURNS tstzrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tstzrange(begins, begins + make_interval(mins => minutes))
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_wall")]

    operations = [migrations.RunSQL(SPAN_SQL, "DROP FUNCTION ittai_span(timestamptz, integer)")]
