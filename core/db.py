"""The wall: scope of a transaction, row-level security, keys that stay inside it.

PostgreSQL decides which rows a transaction may see. The application tells it once per transaction
for which organisations it works (`scope`), and policies made by `RowSecurity` do the rest.
A query on a walled table without a scope raises; it never returns an empty page.
"""

from __future__ import annotations

import os
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction
from django.db.migrations.operations.base import Operation

APP_ROLE = "ittai_app"

# Raises when nobody said for whom the transaction works: a forgotten scope must be loud.
SCOPE_FUNCTION_SQL = """
CREATE FUNCTION ittai_scope() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    organisations text := current_setting('ittai.organisations', true);
BEGIN
    IF organisations IS NULL OR organisations = '' THEN
        RAISE EXCEPTION 'ittai: this transaction has no scope'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Open it with core.db.scope(organisations=...).';
    END IF;
    RETURN organisations::bigint[];
END
$$;
"""

# Who works, as a number or NULL; whether this user sees more than the cases assigned to them.
USER_FUNCTIONS_SQL = """
CREATE FUNCTION ittai_user() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    PERFORM ittai_scope();
    RETURN nullif(current_setting('ittai.user', true), '')::bigint;
END
$$;
CREATE FUNCTION ittai_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('ittai.assigned_only', true), '') <> 'on'
$$;
"""


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): random enough for a URL, ordered by time so that indexes stay dense."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


class UUIDModel(models.Model):
    """Base of every table behind the wall: the key is known before the row is written."""

    id = models.UUIDField("ID", primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class VersionedModel(models.Model):
    """Base of rows that people edit: two savers cannot overwrite each other unseen."""

    version = models.PositiveIntegerField("版", default=1, editable=False)

    class Meta:
        abstract = True


@contextmanager
def scope(
    *,
    organisations: Collection[int],
    user: int | None = None,
    assigned_only: bool = False,
    read_only: bool = False,
    using: str = "default",
) -> Iterator[None]:
    """Work for these organisations until the block ends; opens a transaction (or a savepoint).

    With `assigned_only` the user sees the cases assigned to them and no others (通訳).

    A scope set inside another one ends with its block: the earlier value comes back, also after
    a released savepoint, which PostgreSQL alone would not do.
    """
    connection = connections[using]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            if outermost and read_only:
                cursor.execute("SET TRANSACTION READ ONLY")
            earlier = _settings(cursor) if not outermost else ("", "", "")
            ids = "{{{}}}".format(",".join(str(int(pk)) for pk in sorted(organisations)))
            _set(cursor, ids, str(user or ""), "on" if assigned_only else "")
        yield
        if not outermost:
            with connection.cursor() as cursor:
                _set(cursor, *earlier)


def current_scope(using: str = "default") -> list[int] | None:
    """Organisation ids of this transaction's scope, None when there is none."""
    with connections[using].cursor() as cursor:
        organisations, _user, _assigned = _settings(cursor)
    if not organisations:
        return None
    return [int(pk) for pk in organisations.strip("{}").split(",") if pk]


def _settings(cursor: Any) -> tuple[str, str, str]:
    # After a transaction an unset custom setting reads '' and before the first one NULL: both mean "none".
    cursor.execute(
        "SELECT coalesce(current_setting('ittai.organisations', true), ''),"
        " coalesce(current_setting('ittai.user', true), ''),"
        " coalesce(current_setting('ittai.assigned_only', true), '')"
    )
    row: tuple[str, str, str] = cursor.fetchone()
    return row


def _set(cursor: Any, organisations: str, user: str, assigned_only: str) -> None:
    cursor.execute(
        "SELECT set_config('ittai.organisations', %s, true), set_config('ittai.user', %s, true),"
        " set_config('ittai.assigned_only', %s, true)",
        [organisations, user, assigned_only],
    )


def hold(name: str) -> None:
    """Until the transaction ends nobody else holds this name; who asks for it as well waits."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


class Together(Operation):
    """Operations that know one state, the one after all of them; Django would render every related model after each.

    Tables may refer to each other in any order: PostgreSQL gets the foreign keys when the migration ends.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def describe(self) -> str:
        return f"{len(self.operations)} operations together"

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # rendered anew when the first operation asks
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)


class SQLOperation(ABC, Operation):
    """A migration step that is plain SQL both ways and leaves Django's model state alone."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        return None

    @abstractmethod
    def forwards_sql(self, table: str) -> list[str]: ...

    @abstractmethod
    def backwards_sql(self, table: str) -> list[str]: ...

    def _run(self, app_label: str, schema_editor: Any, state: Any, statements: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)  # type: ignore[attr-defined]
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in statements(model._meta.db_table):
                schema_editor.execute(statement, params=None)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(app_label, schema_editor, to_state, self.forwards_sql)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(app_label, schema_editor, from_state, self.backwards_sql)


class RowSecurity(SQLOperation):
    """Put a table behind the wall.

    `using` is the SQL condition under which the application role sees, changes and adds a row;
    `{table}` in it stands for the table. `check` replaces it for rows that are written.
    The owner, who only migrates, has a policy of its own, because FORCE binds owners too.
    """

    def __init__(self, model_name: str, using: str, check: str | None = None) -> None:
        self.model_name = model_name
        self.using = using
        self.check = check

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__qualname__,
            [],
            {"model_name": self.model_name, "using": self.using, "check": self.check},
        )

    def describe(self) -> str:
        return f"Row security on {self.model_name}"

    def forwards_sql(self, table: str) -> list[str]:
        using = self.using.format(table=table)
        check = (self.check or self.using).format(table=table)
        return [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
            f"CREATE POLICY {table}_scope ON {table} TO {APP_ROLE} USING ({using}) WITH CHECK ({check})",
        ]

    def backwards_sql(self, table: str) -> list[str]:
        return [
            f"DROP POLICY {table}_scope ON {table}",
            f"DROP POLICY {table}_owner ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


class Restrict(SQLOperation):
    """Take privileges on a table from the application role: no DELETE on records, no UPDATE on logs."""

    def __init__(self, model_name: str, privileges: str) -> None:
        self.model_name = model_name
        self.privileges = privileges

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [], {"model_name": self.model_name, "privileges": self.privileges}

    def describe(self) -> str:
        return f"No {self.privileges} on {self.model_name} for the application"

    def forwards_sql(self, table: str) -> list[str]:
        return [f"REVOKE {self.privileges} ON {table} FROM {APP_ROLE}"]

    def backwards_sql(self, table: str) -> list[str]:
        return [f"GRANT {self.privileges} ON {table} TO {APP_ROLE}"]


class CompositeForeignKey(SQLOperation):
    """A child and what it points at agree on a second column (same case, same agreement).

    Foreign keys ignore policies, so a forged id could point across the wall; this one cannot.
    """

    def __init__(self, model_name: str, columns: tuple[str, str], to_table: str, to_columns: tuple[str, str]) -> None:
        self.model_name = model_name
        self.columns = columns
        self.to_table = to_table
        self.to_columns = to_columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__qualname__,
            [],
            {
                "model_name": self.model_name,
                "columns": self.columns,
                "to_table": self.to_table,
                "to_columns": self.to_columns,
            },
        )

    def describe(self) -> str:
        return f"{self.model_name}({', '.join(self.columns)}) → {self.to_table}"

    def _name(self, table: str) -> str:
        return f"{table}_{self.columns[0]}_same_{self.columns[1]}"[:63]

    def forwards_sql(self, table: str) -> list[str]:
        unique = f"{self.to_table}_{'_'.join(self.to_columns)}_key"[:63]
        return [
            f"CREATE UNIQUE INDEX IF NOT EXISTS {unique} ON {self.to_table} ({', '.join(self.to_columns)})",
            f"ALTER TABLE {table} ADD CONSTRAINT {self._name(table)} FOREIGN KEY ({', '.join(self.columns)})"
            f" REFERENCES {self.to_table} ({', '.join(self.to_columns)}) DEFERRABLE INITIALLY DEFERRED",
        ]

    def backwards_sql(self, table: str) -> list[str]:
        return [f"ALTER TABLE {table} DROP CONSTRAINT {self._name(table)}"]
