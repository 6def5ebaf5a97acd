"""Bookings and employers as lists: conditions, order, pages, the file, and who gets them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry
from agreements.models import Site
from cases.actions import contact, listing
from cases.enums import AppointmentStatus, ListKind
from cases.lists import LISTS
from cases.models import Appointment, Case, ListExport, SavedView
from core.pagination import sorted_page
from core.periods import now
from employers.models import Employer, Vacancy
from tests.clients import client_of
from tests.factories import Programme, actor, working_as
from tests.listing import export, people, sheet
from tests.test_access import questions

BOOKINGS, EMPLOYERS = {"kind": "appointments"}, {"kind": "employers"}


def book(programme: Programme, case: Case, days: int, **more: object) -> Appointment:
    """A booking of the caseworker so many days from now."""
    with working_as(programme.caseworker):
        row = contact.book(
            case=case,
            by=programme.caseworker,
            at=now(),
            appointment=contact.NextAppointment(now() + dt.timedelta(days=days), programme.caseworker.user),
        )
        if more:
            Appointment.objects.filter(pk=row.pk).update(**more)
    return row


def shown(client: Client, query: str) -> list[str]:
    return people(client.get(reverse("booking_list") + query))


def firms(client: Client, query: str = "") -> list[str]:
    return [row["employer"].name for row in client.get(reverse("employer_list") + query).context["rows"]]


def employer(programme: Programme, name: str, **more: object) -> Employer:
    return Employer.objects.create(name=name, registered_by=programme.city, **more)


# ── bookings


def test_bookings_by_day_worker_status_and_place(okayama: Programme):
    site, other_site = (Site.objects.create(name=name) for name in ("別の窓口", "もう一つの窓口"))
    okayama.agreement.sites.add(site, other_site)  # of one alone there is nothing to choose
    past, soon, later = (okayama.active(name=name) for name in ("昨日 の人", "明日 の人", "先月 先の人"))
    missed = book(okayama, past, -1)
    book(okayama, soon, 1, site=site)
    book(okayama, later, 40)
    with working_as(okayama.caseworker):
        contact.settle_appointment(
            appointment=missed, status=AppointmentStatus.NO_SHOW, by=okayama.caseworker, at=now()
        )
    client = client_of(okayama.caseworker)
    assert shown(client, "") == ["明日 の人", "先月 先の人"]
    assert shown(client, "?when=30") == ["明日 の人"]
    assert shown(client, "?when=past7") == ["昨日 の人"]
    assert shown(client, "?when=today") == []
    assert shown(client, "?when=all&sort=late") == ["先月 先の人", "明日 の人", "昨日 の人"]
    assert shown(client, "?when=all&status=no_show") == ["昨日 の人"]
    assert shown(client, f"?when=&site={site.pk}") == ["明日 の人"]
    assert len(shown(client, "?when=&worker=me")) == len(shown(client, "?when=&side=ours")) == 2
    assert shown(client, "?when=&side=theirs") == []
    # Hello Work sees the bookings of the cases it sees, whoever booked.
    other = client_of(okayama.navigator)
    assert shown(other, "?when=&side=theirs") == ["明日 の人", "先月 先の人"]
    assert shown(other, "?when=&worker=me") == []


@pytest.mark.parametrize("days", [7, 30])
def test_so_many_days_are_counted_with_today(okayama: Programme, days: int):
    for ahead in (0, days - 1, days):
        book(okayama, okayama.active(name=f"{ahead}日後 の人"), ahead)
    for back in (1, days, days + 1):
        book(okayama, okayama.active(name=f"{back}日前 の人"), -back)
    client = client_of(okayama.caseworker)
    assert shown(client, f"?when={days}") == ["0日後 の人", f"{days - 1}日後 の人"]
    assert shown(client, f"?when=past{days}") == [f"{days}日前 の人", "1日前 の人"]


def test_bookings_of_strangers_are_not_listed(okayama: Programme, soja: Programme):
    book(okayama, okayama.active(name="見えない 人"), 1)
    assert shown(client_of(soja.caseworker), "?when=all") == []
    with working_as(soja.caseworker):
        spec = LISTS[ListKind.APPOINTMENTS]
        assert spec.rows_of(soja.caseworker, list(Appointment.objects.values_list("pk", flat=True)), spec.columns) == {}


def test_a_row_opens_the_booking_and_the_case_and_leads_back(okayama: Programme):
    case = okayama.active(name="行き 来る人")
    appointment = book(okayama, case, 1)
    client = client_of(okayama.caseworker)
    html = client.get(reverse("booking_list") + "?when=7&sort=kana").content.decode()
    assert f'<a href="/appointments/{appointment.pk}/" id="row-{case.pk}">' in html
    assert f'<a href="/cases/{case.pk}/">行き 来る人</a>' in html
    back = client.get(reverse("case_detail", kwargs={"pk": case.pk})).context["back"]
    assert back == f"/appointments/list/?when=7&sort=kana#row-{case.pk}"
    with working_as(okayama.manager):
        assert AccessEntry.objects.get(route="booking_list").act == AccessAct.LIST


def test_the_file_of_bookings_names_the_persons_in_two_cells(okayama: Programme):
    book(okayama, okayama.active(name="出力 一子", kana="シュツリョク イチコ"), 1)
    answer = export(client_of(okayama.caseworker), "?when=7", **BOOKINGS)
    rows = sheet(answer)
    head = next(row for row in rows if row[0] == "日時")
    assert head[:4] == ["日時", "氏名", "フリガナ", "状態"]
    assert "シュツリョク イチコ" in str(rows[-1])
    with working_as(okayama.manager):
        assert ListExport.objects.get().person_count == 1


# ── employers


def test_employers_by_vacancies_and_who_registered(okayama: Programme, soja: Programme):
    wants, wanted, quiet = (employer(okayama, name) for name in ("い 募集中", "ろ 締切後", "は 求人なし"))
    employer(soja, "に 総社の店")
    for firm, closed in ((wants, None), (wanted, dt.date(2023, 5, 1))):
        Vacancy.objects.create(
            employer=firm,
            organisation=okayama.city,
            job_title="清掃",
            found_on=dt.date(2023, 4, 1),
            closed_on=closed,
            is_developed=False,
            created_by=okayama.caseworker.user,
        )
    client = client_of(okayama.manager)
    found = (
        client.post(reverse("employer_search"), {"q": "募集中"}),
        client.post(reverse("employer_search"), {"q": "締切後"}),
    )
    assert [answer.context["rows"] for answer in found] == [[(wants, 1)], [(wanted, 0)]]
    assert firms(client, "?vacancies=open") == [wants.name]
    assert firms(client, "?vacancies=developed") == []
    assert {wanted.name, quiet.name} <= set(firms(client, "?vacancies=none"))
    assert "に 総社の店" in firms(client)
    assert "に 総社の店" not in firms(client, "?vacancies=&registered=ours")
    assert "に 総社の店" in firms(client, "?vacancies=&registered=theirs")
    page = client.get(reverse("employer_list") + "?vacancies=open")
    assert "1件" in page.content.decode()


def test_every_employer_is_on_a_page_in_each_order(okayama: Programme, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sorted_page.__kwdefaults__, "size", 2)
    for number, kana in enumerate(("ウ", "", "イ", "ア", "")):
        employer(okayama, f"{number} 商店", name_kana=kana)
    everyone = set(Employer.objects.values_list("name", flat=True))
    client = client_of(okayama.caseworker)
    for sort in LISTS[ListKind.EMPLOYERS].sorts:
        seen: list[str] = []
        query: str | None = f"?vacancies=&sort={sort}"
        while query:
            page = client.get(reverse("employer_list") + query)
            seen += [row["employer"].name for row in page.context["rows"]]
            older = page.context["page"].older
            query = f"?vacancies=&sort={sort}&page={older}" if older else None
        assert len(seen) == len(everyone), sort
        assert set(seen) == everyone, sort
    # Registered within one millisecond, any of them may be the newest.
    assert firms(client, "?vacancies=&sort=new")[0] == Employer.objects.latest("pk").name


def test_employers_are_kept_exported_and_come_back_to_without_persons(okayama: Programme):
    firm = employer(okayama, "戻る 商店", name_kana="モドル")
    developer = actor("okayama-developer", okayama.hello_work, Role.JOB_DEVELOPER)
    client = client_of(developer)
    detail = reverse("employer_detail", kwargs={"pk": firm.pk})
    assert "一覧へ戻る" not in client.get(detail).content.decode()
    client.get(reverse("employer_list") + "?vacancies=none&sort=kana")
    assert client.get(detail).context["back"] == f"/employers/?vacancies=none&sort=kana#row-{firm.pk}"
    # やめる leads to where the form was opened from.
    for name in ("employer_edit", "vacancy_new"):
        form = client.get(reverse(name, kwargs={"pk": firm.pk})).content.decode()
        assert f'href="{detail}">やめる</a>' in form
    form = client.get(reverse("employer_new")).content.decode()
    assert 'href="/employers/?vacancies=none&amp;sort=kana">やめる</a>' in form
    client.post(reverse("list_views", kwargs=EMPLOYERS) + "?vacancies=none", {"name": "求人なし"})
    with working_as(developer):
        assert SavedView.objects.get().query == "vacancies=none"
    client.post(reverse("list_columns", kwargs=EMPLOYERS), {"column": ["phone"]})
    assert [column.code for column in client.get(reverse("employer_list")).context["columns"]] == ["name", "phone"]
    page = client.get(reverse("list_export", kwargs=EMPLOYERS) + "?vacancies=")
    assert "(0人)" not in page.content.decode()
    rows = sheet(export(client, "?vacancies=none", **EMPLOYERS))
    assert ["戻る 商店", "モドル"] in [row[:2] for row in rows]
    with working_as(developer):
        assert (ListExport.objects.get().person_count, ListExport.objects.get().needs_second) == (0, False)
    # The way back of cases is another one.
    case = okayama.active()
    worker = client_of(okayama.caseworker)
    worker.get(reverse("case_list") + "?state=active")
    worker.get(reverse("employer_list"))
    assert worker.get(reverse("case_detail", kwargs={"pk": case.pk})).context["back"].startswith("/cases/?")


def test_each_list_is_for_who_may_open_it(okayama: Programme):
    """Keeping lists is one permission; which list, the list says."""
    developer = client_of(actor("okayama-developer", okayama.hello_work, Role.JOB_DEVELOPER))
    interpreter = client_of(actor("okayama-interpreter", okayama.office, Role.INTERPRETER))
    for name in ("list_views", "list_columns"):
        for kind in ListKind:
            url = reverse(name, kwargs={"kind": kind.value})
            is_employers = kind == ListKind.EMPLOYERS
            assert developer.get(url).status_code == (200 if is_employers else 403)
            assert interpreter.get(url).status_code == (403 if is_employers else 200)
            assert developer.post(url, {"name": "x"}).status_code == (302 if is_employers else 403)
    for kind in ListKind:
        url = reverse("list_export", kwargs={"kind": kind.value})
        assert developer.get(url).status_code == (200 if kind == ListKind.EMPLOYERS else 403)
        assert interpreter.get(url).status_code == 403


def test_words_for_employers_stand_in_no_address(okayama: Programme):
    employer(okayama, "山陽 製パン", industry="食品製造", address="岡山市北区")
    employer(okayama, "山陽 運輸", industry="運送")
    client = client_of(okayama.caseworker)
    by_get = client.get(reverse("employer_search") + "?q=製パン")
    assert "製パン" not in by_get.content.decode()
    found = client.post(reverse("employer_search"), {"q": "山陽 食品"})
    assert [row.name for row, _count in found.context["rows"]] == ["山陽 製パン"]
    assert found.request["QUERY_STRING"] == ""
    for i in range(51):
        employer(okayama, f"山陽 {i:02d}号店")
    many = client.post(reverse("employer_search"), {"q": "山陽"})
    assert (len(many.context["rows"]), many.context["has_more"]) == (50, True)
    assert "当てはまる事業所はありません" in client.post(reverse("employer_search"), {"q": "ない店"}).content.decode()


def test_what_an_open_vacancy_is_stands_in_one_place(settings):
    """`VacancyQuerySet.open_on`; nobody else asks for the closing day."""
    found = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in ("accounts", "agreements", "cases", "employers", "reports")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if re.search(r"closed_on__(gte|gt|lt|lte)=(day|today)", path.read_text())
    ]
    assert found == ["employers/querysets.py"]


# ── both


@pytest.mark.parametrize("name", ["booking_list", "employer_list"])
def test_every_column_at_once_asks_the_same_for_1_and_3_rows(okayama: Programme, name: str):
    kind = ListKind.APPOINTMENTS if name == "booking_list" else ListKind.EMPLOYERS
    client = client_of(okayama.caseworker)
    with working_as(okayama.caseworker):
        codes = [column.code for column in LISTS[kind].columns]
        listing.choose_columns(kind=kind, by=okayama.caseworker, columns=codes, view=None)
    counts = []
    for rows in ([1], [2, 3]):
        for number in rows:
            book(okayama, okayama.active(name=f"{number} 人目"), number)
            if number > 1:
                employer(okayama, f"{number} 商店")
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(name))
        assert len(page.context["rows"]) == rows[-1]
        counts.append(len(questions(queries)))
    assert counts[0] == counts[1] <= 12
