"""Lists that leave as a file: what is in it, who is left out, and when a second person decides."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.confirm import CONFIRMED_KEY
from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry
from cases.actions import listing, sharing, suppression
from cases.enums import ReleaseKind
from cases.models import Case, ListExport
from core.periods import now, today
from tests import desk
from tests.access.worlds import client_of as confirmed_client
from tests.clients import client_of
from tests.factories import Programme, actor, working_as
from tests.listing import ALL, CASES, export, people, sheet, table


def test_the_file_is_what_is_shown(okayama: Programme):
    okayama.active(name="後 の人", kana="ワタナベ")
    okayama.active(name="=HYPERLINK(先)", kana="アオキ")
    okayama.open_case(name="受付 だけ")
    client = client_of(okayama.caseworker)
    client.post(reverse("list_columns", kwargs=CASES), {"column": ["started", "age", "state"]})
    answer = export(client, "?state=active&sort=kana")
    assert unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''ケースの一覧_{today()}.xlsx"
    assert answer["Cache-Control"] == "no-store, private"
    rows = table(answer)
    assert rows[0] == ["氏名", "フリガナ", "支援開始日", "年齢", "状態"]
    page = client.get(reverse("case_list") + "?state=active&sort=kana")
    assert [row[0] for row in rows[1:]] == people(page) == ["=HYPERLINK(先)", "後 の人"]
    assert rows[1][2] == dt.datetime(2023, 4, 10)  # a day is a day, not text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cell = next(cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=HYPERLINK(先)")
    assert (cell.data_type, cell.quotePrefix) != ("f", False)
    notes = [row[0] for row in sheet(answer)][:6]
    assert "使う目的: 会議の資料" in notes
    assert "条件: 状態:支援中、並び:フリガナの順" in notes


def test_the_file_is_logged_with_count_purpose_and_what_narrowed_it(okayama: Programme):
    cases = [okayama.active(name=f"{number} 号") for number in range(3)]
    client = client_of(okayama.caseworker)
    export(client, "?state=active&status=livelihood_protection")
    with working_as(okayama.manager):
        entry = AccessEntry.objects.filter(act=AccessAct.DOWNLOAD).get()
        assert (entry.route, entry.result_count, entry.user) == ("list_export", 3, okayama.caseworker.user)
        assert entry.purpose == "ケースの一覧の出力: 会議の資料(絞り込み: 状態、いまの支援区分、並び)"
        assert set(entry.subjects.values_list("case_id", flat=True)) == {case.pk for case in cases}
        row = ListExport.objects.get()
        assert row.conditions == ["状態:支援中", "いまの支援区分:生活保護受給者", "並び:最終更新の新しい順"]
        assert (row.person_count, row.needs_second, row.taken_at is not None) == (3, False, True)
    # Looking at the form takes nobody out and reads nobody.
    page = client.get(reverse("list_export", kwargs=CASES) + ALL)
    assert page.context["person_count"] == 3
    with working_as(okayama.manager):
        assert AccessEntry.objects.filter(route="list_export").count() == 1


def test_no_purpose_no_file(okayama: Programme):
    okayama.active()
    answer = export(client_of(okayama.caseworker), reason=" ")
    assert "使う目的を入力してください" in answer.content.decode()
    assert "attachment" not in answer.get("Content-Disposition", "")
    nothing = export(client_of(okayama.caseworker), "?state=closed")
    assert "この条件に当てはまる行がありません" in nothing.content.decode()


def test_a_suppressed_person_is_a_blank_row_until_a_second_person_releases(okayama: Programme):
    hidden = okayama.active(name="秘匿 花子", kana="ヒトク ハナコ")
    okayama.active(name="普通 太郎")
    with working_as(okayama.caseworker):
        suppression.suppress(person=hidden.person, by=okayama.caseworker, at=now(), reason="決定通知", valid_to=today())
    client = client_of(okayama.caseworker)
    page = client.get(reverse("list_export", kwargs=CASES) + ALL)
    assert page.context["withheld_count"] == 1
    answer = export(client)
    text = str(sheet(answer))
    assert "秘匿" not in text
    assert "ヒトク" not in text
    assert hidden.number not in text
    assert sorted(row[0] for row in table(answer)[1:]) == ["(支援措置のため出力していません)", "普通 太郎"]
    with working_as(okayama.manager):
        entry = AccessEntry.objects.filter(act=AccessAct.DOWNLOAD).latest("pk")
        assert entry.result_count == 1  # who did not leave was not read
    with working_as(okayama.caseworker):
        release = suppression.ask_release(
            person=hidden.person, kind=ReleaseKind.PRINT, by=okayama.caseworker, at=now(), reason="裁判所"
        )
    assert "秘匿" not in str(sheet(export(client)))
    with working_as(okayama.manager):
        suppression.approve_release(release=release, by=okayama.manager, at=now())
    assert "秘匿 花子" in str(sheet(export(client)))
    # The release is for who asked alone.
    assert "秘匿" not in str(sheet(export(client_of(okayama.manager))))


def test_above_the_limit_a_second_person_decides(okayama: Programme, settings: Any):
    settings.EXPORT_LIMIT = 2
    cases = [okayama.active(name=f"{number} 号") for number in range(3)]
    client = client_of(okayama.caseworker)
    page = client.get(reverse("list_export", kwargs=CASES) + ALL)
    assert "承認を求める" in page.content.decode()
    answer = export(client)
    assert answer["Location"] == reverse("export_list")
    with working_as(okayama.manager):
        asked = ListExport.objects.get()
        assert asked.needs_second
        assert asked.approved_at is None
    file = reverse("export_file", kwargs={"pk": asked.pk})
    assert client.post(file)["Location"] == reverse("export_list")  # not yet
    assert "取り出す" not in client.get(reverse("export_list")).content.decode()
    # Alone nobody can: a caseworker by role, the one who asked by the rule.
    say = reverse("export_answer", kwargs={"pk": asked.pk})
    assert confirmed_client(okayama.caseworker).post(say, {"answer": "approve"}).status_code == 403
    manager = confirmed_client(okayama.manager)
    assert manager.get(reverse("case_list")).context["waiting_count"] == 1
    assert manager.post(say, {"answer": "approve"}).status_code == 302
    okayama.active(name="後から 来た人")
    with working_as(okayama.caseworker):
        sharing.end_grant(case=cases[0], organisation=okayama.office, by=okayama.caseworker, at=now(), reason="移管")
    assert client_of(okayama.manager).post(file).status_code == 404  # only who asked
    taken = client.post(file)
    rows = table(taken)
    assert sorted(row[0] for row in rows[1:]) == ["1 号", "2 号"]  # never more than approved, never more than seen now
    assert "求めた後に見えなくなったため除いた行: 1件" in str(sheet(taken))
    assert client.post(file).status_code == 302  # once
    with working_as(okayama.manager):
        assert AccessEntry.objects.filter(route="export_file", act=AccessAct.DOWNLOAD).get().result_count == 2


def test_what_waits_for_approval_stands_on_the_managers_today(okayama: Programme):
    case = okayama.active()
    desk.export(okayama, case, okayama.caseworker, reason="来月の会議の資料")
    shown = client_of(okayama.manager).get(reverse("today")).content.decode()
    assert "来月の会議の資料" in shown
    assert reverse("export_list") in shown
    assert "来月の会議の資料" not in client_of(okayama.caseworker).get(reverse("today")).content.decode()


def test_a_manager_does_not_approve_their_own(okayama: Programme, settings: Any):
    settings.EXPORT_LIMIT = 0
    okayama.active()
    manager = confirmed_client(okayama.manager)
    export(manager)
    with working_as(okayama.manager):
        asked = ListExport.objects.get()
    say = reverse("export_answer", kwargs={"pk": asked.pk})
    assert 'value="approve"' not in manager.get(reverse("export_list")).content.decode()
    assert manager.post(say, {"answer": "approve"}).status_code == 403
    second = confirmed_client(actor("okayama-second", okayama.city, Role.MANAGER))
    assert second.post(say, {"answer": "refuse"}).status_code == 302
    assert second.post(say, {"answer": "approve"}).status_code == 302
    with working_as(okayama.manager):
        asked.refresh_from_db()
        assert asked.refused_at is not None
        assert asked.approved_at is None
        with pytest.raises(IntegrityError), transaction.atomic():
            ListExport.objects.filter(pk=asked.pk).update(
                refused_at=None, approved_at=now(), approved_by=asked.user, expires_at=now()
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            ListExport.objects.filter(pk=asked.pk).update(refused_at=None, approved_at=now(), expires_at=now())
        with pytest.raises(DatabaseError), transaction.atomic():
            ListExport.objects.filter(pk=asked.pk).update(row_ids=[])
        with pytest.raises(DatabaseError), transaction.atomic():
            ListExport.objects.filter(pk=asked.pk).delete()


def test_approval_needs_a_fresh_log_in(okayama: Programme, settings: Any):
    settings.EXPORT_LIMIT = 0
    waiting = desk.export(okayama, okayama.active(), okayama.caseworker)
    client = client_of(okayama.manager)
    session = client.session
    session[CONFIRMED_KEY] = 0.0
    session.save()
    answer = client.post(reverse("export_answer", kwargs={"pk": waiting.pk}), {"answer": "approve"})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_many_small_files_are_one_large_one(okayama: Programme, settings: Any):
    settings.EXPORT_LIMIT = 2
    first = okayama.active(name="一 号")
    okayama.active(name="二 号")
    client = client_of(okayama.caseworker)
    assert export(client).status_code == 200
    assert export(client).status_code == 200  # the same people again are no more people
    with working_as(okayama.caseworker):
        Case.objects.filter(pk=first.pk).update(support_goal_on=today() - dt.timedelta(days=1))
    okayama.active(name="三 号")
    assert export(client).status_code == 302
    # The day before counts no more; a colleague counts alone.
    with working_as(okayama.caseworker):
        later = now() + listing.COUNTED_FOR
        assert listing.persons_in_a_day(by=okayama.caseworker, at=later, adding=[]) == 0
        assert listing.persons_in_a_day(by=okayama.manager, at=now(), adding=[]) == 0


def test_a_request_and_an_approval_end(okayama: Programme):
    case = okayama.active()
    waiting = desk.export(okayama, case, okayama.caseworker)
    with working_as(okayama.manager):
        late = waiting.requested_at + listing.WAITS_FOR
        with pytest.raises(listing.ExportAnswered):
            listing.answer_export(export=waiting, by=okayama.manager, at=late, is_approved=True)
        said = late - dt.timedelta(seconds=1)
        listing.answer_export(export=waiting, by=okayama.manager, at=said, is_approved=True)
    with working_as(okayama.caseworker):
        with pytest.raises(listing.ExportNotOpen):
            listing.take_export(export=waiting, by=okayama.caseworker, at=said + listing.OPEN_FOR)
        listing.take_export(export=waiting, by=okayama.caseworker, at=said + listing.OPEN_FOR - dt.timedelta(seconds=1))


def test_too_many_rows_are_refused_with_a_way_out(okayama: Programme, settings: Any):
    settings.EXPORT_ROWS = 2
    for number in range(3):
        okayama.open_case(name=f"{number} 号")
    client = client_of(okayama.caseworker)
    assert "条件で絞り込んで、分けて" in client.get(reverse("list_export", kwargs=CASES) + ALL).content.decode()
    answer = export(client)
    assert "attachment" not in answer.get("Content-Disposition", "")
    settings.EXPORT_ROWS = 3
    assert len(table(export(client))) == 4


def test_exports_stay_in_their_organisation(okayama: Programme, soja: Programme):
    desk.export(okayama, okayama.active(), okayama.caseworker)
    with working_as(soja.manager):
        assert not ListExport.objects.exists()
    with working_as(okayama.navigator):
        assert not ListExport.objects.exists()
    colleague = actor("okayama-colleague", okayama.office, Role.CASEWORKER)
    assert list(client_of(colleague).get(reverse("export_list")).context["page"].rows) == []
    assert len(client_of(okayama.manager).get(reverse("export_list")).context["page"].rows) == 1


def test_export_list_asks_the_same_for_1_and_3_rows(okayama: Programme):
    case = okayama.active()
    client, counts = client_of(okayama.manager), []
    for rows in (1, 2):
        for _ in range(rows):
            desk.export(okayama, case, okayama.caseworker)
        client.get(reverse("export_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("export_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_interpreter_reads_lists_and_takes_none_out(okayama: Programme):
    interpreter = actor("okayama-interpreter", okayama.office, Role.INTERPRETER)
    client = client_of(interpreter)
    assert client.get(reverse("case_list")).status_code == 200
    assert "Excelに出力" not in client.get(reverse("case_list")).content.decode()
    assert export(client).status_code == 403
