"""What the wall stands on: the scope function, and the extensions the tables need."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

from core.db import SCOPE_FUNCTION_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(SCOPE_FUNCTION_SQL, "DROP FUNCTION ittai_scope()"),
    ]
