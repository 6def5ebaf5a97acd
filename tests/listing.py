"""Asking lists and reading their files, for tests."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

CASES = {"kind": "cases"}
ALL = "?state=all"


def people(page: HttpResponse) -> list[str]:
    return [row["case"].person.name for row in page.context["rows"]]  # type: ignore[attr-defined]


def listed(client: Client, query: str = "", name: str = "case_list") -> list[str]:
    return people(client.get(reverse(name) + query))


def sheet(answer: HttpResponse) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def table(answer: HttpResponse) -> list[list[Any]]:
    rows = sheet(answer)
    head = next(number for number, row in enumerate(rows) if row[0] == "氏名")
    return rows[head:]


def export(client: Client, query: str = ALL, reason: str = "会議の資料", **kind: str) -> HttpResponse:
    answer = client.post(reverse("list_export", kwargs=kind or CASES) + query, {"reason": reason})
    assert isinstance(answer, HttpResponse)
    return answer
