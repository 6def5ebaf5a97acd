"""Employers in the order of their readings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_operator"),
        ("employers", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["name_kana", "id"], name="employer_by_kana"),
        ),
    ]
