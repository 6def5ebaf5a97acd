"""The database knows who works, and whether they see assigned cases only."""

from django.db import migrations

from core.db import USER_FUNCTIONS_SQL


class Migration(migrations.Migration):
    dependencies = [("core", "0001_wall")]

    operations = [migrations.RunSQL(USER_FUNCTIONS_SQL, "DROP FUNCTION ittai_sees_all(), ittai_user()")]
