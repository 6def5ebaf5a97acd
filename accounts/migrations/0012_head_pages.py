"""Each head of the access log has a page of its own (A40, measured by bench/chain.py)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_typing")]

    operations = [
        migrations.AddField(
            model_name="accesschain",
            name="padding",
            field=models.CharField(db_default=" " * 400, max_length=400, verbose_name="1件で1ページにする空き"),
        ),
        # CLUSTER writes the heads that are there anew, each on its page.
        migrations.RunSQL(
            "ALTER TABLE accounts_accesschain SET (fillfactor = 10);"
            " CLUSTER accounts_accesschain USING accounts_accesschain_pkey",
            "ALTER TABLE accounts_accesschain RESET (fillfactor)",
        ),
    ]
