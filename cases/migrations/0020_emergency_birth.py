"""Break-glass finds who is known by the year of birth alone, too."""

from importlib import import_module

from django.db import migrations

referrals = import_module("cases.migrations.0016_referrals")

BREAK_SQL = referrals.BREAK_SQL.replace(
    "b.key = the_birth", "b.key IN (the_birth, left(the_birth, 6), left(the_birth, 4))"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_not_same")]

    operations = [migrations.RunSQL(BREAK_SQL, referrals.BREAK_SQL)]
