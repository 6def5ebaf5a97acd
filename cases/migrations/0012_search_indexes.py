"""The keys' own indexes begin with these columns: two more would only be written."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cases", "0011_search"),
    ]

    operations = [
        migrations.AlterField(
            model_name="searchkey",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="search_keys",
                to="cases.case",
                verbose_name="ケース",
            ),
        ),
        migrations.AlterField(
            model_name="searchkey",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
                verbose_name="機関",
            ),
        ),
    ]
