"""Drafts and marks of what was sent are each user's own."""

from django.db import migrations

from core.db import RowSecurity

# A user's own rows, whoever else is in scope. The sweep works for nobody and sees only what has had its time.
MINE = "user_id = nullif(current_setting('ittai.user', true), '')::bigint"
NOBODY = "coalesce(current_setting('ittai.user', true), '') = ''"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access_log")]

    operations = [
        RowSecurity("Draft", f"{MINE} OR ({NOBODY} AND updated_at < now() - interval '7 days')", check=MINE),
        RowSecurity("Submission", f"{MINE} OR ({NOBODY} AND sent_at < now() - interval '24 hours')", check=MINE),
    ]
