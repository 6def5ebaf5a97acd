"""Who looks after the system is an organisation of its own kind: nobody is referred to it."""

from django.db import migrations, models

# Until now such an organisation was entered as a partner; it is known by having administrators alone.
MOVE_SQL = """
UPDATE accounts_organisation o SET kind = 'operator' WHERE kind = 'partner'
    AND EXISTS (SELECT 1 FROM accounts_membership m WHERE m.organisation_id = o.id)
    AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.organisation_id = o.id AND m.role <> 'administrator');
"""
BACK_SQL = "UPDATE accounts_organisation SET kind = 'partner' WHERE kind = 'operator'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_date_style"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("municipality", "市区町村"),
                    ("welfare_office", "福祉事務所"),
                    ("consultation_agency", "自立相談支援機関"),
                    ("prefecture", "都道府県"),
                    ("labour_bureau", "労働局"),
                    ("hello_work", "ハローワーク"),
                    ("partner", "連携機関・関係団体"),
                    ("operator", "システムの運用担当"),
                ],
                max_length=32,
                verbose_name="種別",
            ),
        ),
        migrations.AlterField(
            model_name="organisationevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("municipality", "市区町村"),
                    ("welfare_office", "福祉事務所"),
                    ("consultation_agency", "自立相談支援機関"),
                    ("prefecture", "都道府県"),
                    ("labour_bureau", "労働局"),
                    ("hello_work", "ハローワーク"),
                    ("partner", "連携機関・関係団体"),
                    ("operator", "システムの運用担当"),
                ],
                max_length=32,
                verbose_name="種別",
            ),
        ),
        migrations.RunSQL(MOVE_SQL, BACK_SQL),
    ]
