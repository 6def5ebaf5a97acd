"""How often a recipient of the housing benefit had to look for work, and since when."""

from django.db import migrations

# Municipalities published the numbers for their residents; the days between two notices are the later page's.
AT_FIRST = "生活困窮者自立支援法の施行日から。回数は文京区「支給決定後の活動について」と同じ"
EARLY_RELAXED = "府中市 2020-04-30「よくある質問」: 面談は月1回、職業相談と応募は不要(感染症の臨時措置)"
RELAXED = (
    "守口市 2022-05-02・大阪市 2023-01-05の案内: 面談・職業相談・応募を各月1回(緩和。終わりの日は文京区の掲載から推定)"
)
RESTORED = "文京区 2023-04-28「支給決定後の活動について」: 面談 月4回、職業相談 月2回、応募 原則週1回"
RULES = (
    ("2015-04-01", "2020-04-29", (4, "month"), (2, "month"), (1, "week"), AT_FIRST),
    ("2020-04-30", "2022-05-01", (1, "month"), (0, "month"), (0, "month"), EARLY_RELAXED),
    ("2022-05-02", "2023-03-31", (1, "month"), (1, "month"), (1, "month"), RELAXED),
    ("2023-04-01", None, (4, "month"), (2, "month"), (1, "week"), RESTORED),
)


def add_rules(apps, schema_editor):
    rule = apps.get_model("agreements", "DutyRule")
    for first, last, *duties, source in RULES:
        for kind, (count, per) in zip(("consultation", "job_advice", "application"), duties, strict=True):
            rule.objects.using(schema_editor.connection.alias).create(
                kind=kind, count=count, per=per, valid_from=first, valid_to=last, source=source
            )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
