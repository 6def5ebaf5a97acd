"""The benches stand outside the tests; what they assume of the tables is checked here."""

import re

from django.apps import apps
from django.db.models import NOT_PROVIDED

from tests.servers import ROOT

INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")


def test_the_generated_country_fills_every_column_that_must_be_filled():
    """bench/wall.sql writes past the ORM: a new column without a default in the database would stop it."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    inserts = INSERT.findall((ROOT / "bench" / "wall.sql").read_text(encoding="utf-8"))
    assert len(inserts) > 10
    missing = [
        f"{table}.{field.column}"
        for table, columns in inserts
        for field in tables[table]._meta.concrete_fields
        if not field.null and field.db_default is NOT_PROVIDED and field.column not in re.split(r"[,\s]+", columns)
    ]
    assert missing == []
