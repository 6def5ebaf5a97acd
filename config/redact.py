"""Log lines without what people typed.

An exception's own text may carry a person's data: PostgreSQL quotes the whole row in its DETAIL line,
`int("山田")` quotes the value. So a log line says where (file, line, function, as usual) and what kind
(class, SQLSTATE, table, column, constraint), never the text. With the request's id that finds the fault.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping

import psycopg

HIDDEN = "(内容は記録しません)"
# What Celery puts into its lines about a task: the error's text and the arguments as they were sent.
TASK_TEXTS = ("exc", "traceback", "args", "kwargs", "return_value")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the first cause first."""
    if error is not None:
        yield from chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error


def kind(error: BaseException) -> str:
    """`django.db.utils.IntegrityError` or `psycopg.errors.UniqueViolation 23505 cases_case …`."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if not isinstance(error, psycopg.Error):
        return name
    facts = (error.sqlstate, error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return " ".join([name, *(fact for fact in facts if fact)])


def describe(error: BaseException) -> str:
    """A traceback in Python's own form, without the texts."""
    parts = []
    for link in chain(error):
        parts += ["Traceback (most recent call last):\n", *traceback.format_tb(link.__traceback__), kind(link), "\n"]
    return "".join(parts).rstrip()


class RedactFilter(logging.Filter):
    """Stands on a handler and rewrites the record before any formatter sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, Mapping) and TASK_TEXTS[0] in record.args:
            record.args = {**record.args, **dict.fromkeys(TASK_TEXTS, HIDDEN)}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            message = record.getMessage()
            for link in chain(error):
                for text in filter(None, (str(link), repr(link))):
                    message = message.replace(text, HIDDEN)
            record.msg, record.args = message, ()
            record.exc_text, record.exc_info = describe(error), None
        return True
