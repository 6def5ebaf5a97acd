"""Layouts of forms and success stories; saved views and settings of lists, exports: behind the wall."""

from importlib import import_module

from django.db import migrations

from core.db import Restrict, RowSecurity

walls = import_module("cases.migrations.0003_walls")

MINE = f"organisation_id = {walls.MINE}"
# A layout is my organisation's, or that of the one above it; it is written for one's own alone.
LAYOUT = (
    f"{MINE} OR EXISTS (SELECT 1 FROM accounts_organisation o"
    f" WHERE o.id = {walls.MINE} AND o.parent_id = {{table}}.organisation_id)"
)
# A story is its organisation's until it is shared with those who sign or take part in the agreement.
STORY = (
    f"{MINE} OR (status = 'shared' AND ("
    f"EXISTS (SELECT 1 FROM agreements_party p WHERE p.agreement_id = {{table}}.agreement_id"
    f" AND p.organisation_id = {walls.MINE})"
    f" OR EXISTS (SELECT 1 FROM agreements_agreement_participants p WHERE p.agreement_id = {{table}}.agreement_id"
    f" AND p.organisation_id = {walls.MINE})))"
)
# Written by who sees the case; sharing can be stopped also after the case is out of sight.
STORY_WRITTEN = f"{MINE} AND (status = 'stopped' OR {walls.THROUGH_CASE})"
ME = "user_id = (SELECT ittai_user())"
# My own views, and those that my organisation or the one above it shares; written for oneself alone.
VIEW = f"{ME} OR (is_shared AND ({LAYOUT}))"


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_meetings")]

    operations = [
        *walls.both(RowSecurity, "FormTemplate", LAYOUT, check=MINE),
        RowSecurity("SuccessStory", STORY, check=STORY_WRITTEN),
        RowSecurity("SuccessStoryEvent", MINE),
        RowSecurity("SavedView", VIEW, check=f"{ME} AND {MINE}"),
        RowSecurity("ListSetting", ME),
        *walls.both(RowSecurity, "ListExport", MINE),
        *walls.kept("FormTemplate", "SuccessStory", "ListExport"),
        Restrict("FormTemplate", "UPDATE"),
        Restrict("SavedView", "TRUNCATE"),
        Restrict("ListSetting", "TRUNCATE"),
    ]
