"""What the wall stands on: the extensions the tables need, whose scope it is, who works."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

from core.db import SCOPE_FUNCTION_SQL, USER_FUNCTIONS_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(SCOPE_FUNCTION_SQL, "DROP FUNCTION ittai_scope()"),
        migrations.RunSQL(USER_FUNCTIONS_SQL, "DROP FUNCTION ittai_sees_all(), ittai_user()"),
    ]
