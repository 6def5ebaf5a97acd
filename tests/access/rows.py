"""All rows of all organisations, and what a request changed in them."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db import connection

from accounts.models import Organisation
from core.db import scope

APPS = ("accounts", "agreements", "employers", "cases", "reports")
GIVEN_ANEW = {
    "id",
    "created_at",
    "touched_at",
    "at",
    "status_at",
    "withdrawn_at",
    "written_at",
    "requested_at",
    "sent_at",
    "password",
    "token_hash",
    "expires_at",
    "invited_at",
    "started_at",
    "confirmed_at",
    "followed_up_at",
    "updated_at",
}

# Sealed with a new key stream each time.
SEALED = {("accounts_draft", "body")}
# Stored files, and what every request leaves behind: the access log, marks of sent forms.
NO_RECORDS = {"ReportFile", "AttachmentContent", "AccessChain", "AccessEntry", "AccessSubject", "Submission"}


def tables() -> dict[str, type[Any]]:
    """Table → model, those of many-to-many fields too, without histories and stored files."""
    return {
        model._meta.db_table: model
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not model.__name__.endswith("Event") and model.__name__ not in NO_RECORDS
    }


def everything(user: int | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """table → key → row, of all organisations at once; drafts, views and settings of this user alone."""
    organisations = Organisation.objects.values_list("pk", flat=True)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    with scope(organisations=list(organisations), user=user), connection.cursor() as cursor:
        for table, model in tables().items():
            cursor.execute(f"SELECT {model._meta.pk.column}::text, to_jsonb(t) FROM {table} t")
            found[table] = {key: row if isinstance(row, dict) else json.loads(row) for key, row in cursor.fetchall()}
    return found


def delta(before: Any, after: Any) -> list[tuple[str, str, Any]]:
    """Changed and new values as (table, column, value), without keys and clocks that differ each time."""
    changes = []
    for table, rows in after.items():
        for key, row in rows.items():
            old = before[table].get(key, {})
            for column, value in row.items():
                is_anew = column in GIVEN_ANEW or column.endswith("_at") or (table, column) in SEALED
                if old.get(column, ...) != value and not is_anew:
                    is_pointer = not old and column.endswith("_id")
                    changes.append((table, column, "" if is_pointer else str(value)))
    return sorted(changes)


def planted(before: Any, after: Any, marks: dict[str, set[str]]) -> list[tuple[str, str, str]]:
    """Columns of changed and new rows that hold a planted value, clocks and pointers included.

    `marks`: model name → values planted in the columns that point to it; "" → values for all other columns.
    """
    found = []
    for table, model in tables().items():
        sorts = {
            field.column: getattr(field.related_model, "__name__", "") or "" for field in model._meta.concrete_fields
        }
        for key, row in after[table].items():
            old = before[table].get(key, {})
            for column, value in row.items():
                words = marks.get(sorts[column], set()) | marks[""]
                if old.get(column, ...) != value and any(
                    word == str(value) or (not sorts[column] and len(word) > 8 and word in str(value)) for word in words
                ):
                    found.append((table, column, str(value)))
    return sorted(found)
