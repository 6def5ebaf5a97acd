"""The same chain, same texts, same hashes, for less again (A40, measured by bench/chain.py).

JSON that is built as text is the very text that jsonb gives, without a tree in between; only json_agg writes line
breaks of its own, so that an entry of several people keeps jsonb.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("accounts.migrations.0008_cheaper_chain").CHEAPER_LOG_SQL
LIGHTER_LOG_SQL = (
    BEFORE.replace("the_subjects jsonb;", "the_subjects json;")
    .replace(":= jsonb_build_array(jsonb_build_array(", ":= json_build_array(json_build_array(")
    .replace("sha256(convert_to(jsonb_build_array(", "sha256(convert_to(json_build_array(")
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_head_checked_after")]

    operations = [migrations.RunSQL(LIGHTER_LOG_SQL, BEFORE)]
