"""Lists: conditions, saved views, columns and the way back; the file is test_list_exports.py."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.signing import b64_decode
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import Actor
from cases.actions import contact, listing
from cases.enums import Duty, ListKind
from cases.lists import LISTS
from cases.lists.spec import Wanted
from cases.models import Assignment, BenefitPeriod, Case, ListExport, ListSetting, SavedView
from core.db import new_id, scope
from core.pagination import page_of, sorted_page
from core.periods import now, today
from tests import desk
from tests.clients import client_of
from tests.factories import Programme, actor, working_as
from tests.listing import ALL, CASES, export, listed, people, table
from tests.test_access import questions

DAY = dt.date(2023, 4, 10)


def assign(case: Case, who: Actor, by: Actor) -> None:
    with working_as(by):
        Assignment.objects.create(
            case=case,
            user=who.user,
            organisation=who.organisation,
            duty=Duty.CASEWORKER,
            starts_on=DAY,
            assigned_by=by.user,
        )


# ── conditions


def test_each_condition_narrows_and_its_neighbour_does_not(okayama: Programme):
    client = client_of(okayama.caseworker)
    quiet = okayama.active(name="静か 一")
    busy = okayama.active(name="多忙 二")
    okayama.open_case(on=today(), name="新規 三")
    okayama.interview(busy, today() - dt.timedelta(days=13))
    okayama.interview(quiet, today() - dt.timedelta(days=30))
    assign(busy, okayama.caseworker, okayama.caseworker)
    with working_as(okayama.caseworker):
        contact.book(
            case=busy,
            by=okayama.caseworker,
            at=now(),
            appointment=contact.NextAppointment(now() + dt.timedelta(days=1), okayama.caseworker.user),
        )
        Case.objects.filter(pk=busy.pk).update(support_goal_on=today())
        Case.objects.filter(pk=quiet.pk).update(support_goal_on=today() - dt.timedelta(days=1))
        BenefitPeriod.objects.filter(case=quiet).update(status="in_need")
    assert set(listed(client)) == {"静か 一", "多忙 二", "新規 三"}
    assert listed(client, "?state=&worker=me") == ["多忙 二"]
    assert listed(client, f"?state=&worker={okayama.caseworker.user.pk}") == ["多忙 二"]
    assert "新規 三" in listed(client, "?state=&worker=none")
    assert "多忙 二" not in listed(client, "?state=&worker=none")
    assert listed(client, "?state=intake") == ["新規 三"]
    assert set(listed(client, "?state=&contact=14")) == {"静か 一"}
    assert set(listed(client, "?state=&contact=30")) == {"静か 一"}
    assert listed(client, "?state=&contact=60") == []
    assert set(listed(client, "?state=&visit=none")) == {"静か 一", "新規 三"}
    assert listed(client, "?state=&visit=booked") == ["多忙 二"]
    assert listed(client, "?state=&goal=over") == ["静か 一"]
    assert listed(client, "?state=&goal=30") == ["多忙 二"]
    assert listed(client, "?state=&status=in_need") == ["静か 一"]
    assert listed(client, "?state=&group=livelihood&contact=14") == ["静か 一"]


def test_chips_say_what_holds_and_each_can_be_taken_away(okayama: Programme):
    client = client_of(okayama.caseworker)
    page = client.get(reverse("case_list") + "?state=active&worker=me&sort=kana")
    chips = {chip.name: chip for chip in page.context["chips"]}
    assert {name: chip.value for name, chip in chips.items()} == {"state": "支援中", "worker": "自分"}
    html = page.content.decode()
    assert 'aria-label="条件「担当者:自分」を外す"' in html
    assert chips["worker"].without == "state=active&sort=kana"
    assert chips["state"].without == "state=all&worker=me&sort=kana"
    # "all but closed" is a condition, too, and says so.
    usual = client.get(reverse("case_list"))
    assert [(chip.label, chip.value) for chip in usual.context["chips"]] == [("状態", "終了以外")]
    assert list(client.get(reverse("case_list") + ALL).context["chips"]) == []


def test_a_choice_that_is_none_is_left_out_and_said(okayama: Programme):
    okayama.active(name="見える 人")
    page = client_of(okayama.caseworker).get(reverse("case_list") + "?state=active&worker=987654&name=山田")
    assert people(page) == ["見える 人"]
    assert "「担当者」の条件は、いまは選べないため外しました" in page.content.decode()
    assert "山田" not in page.content.decode()  # nothing typed comes back into an address


def test_addresses_hold_choices_alone():
    for spec in LISTS.values():
        for field in spec.form.base_fields.values():  # type: ignore[attr-defined]
            assert type(field).__name__ == "ChoiceField"


def test_orders_page_by_key_and_hold_no_name(okayama: Programme, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sorted_page.__kwdefaults__, "size", 2)
    for number, kana in enumerate(("ウエノ ウメ", "アオキ アイ", "イトウ イチ", "アオキ アイ", "エモト エミ")):
        case = okayama.open_case(on=DAY + dt.timedelta(days=number), name=f"{number} 号", kana=kana)
        with working_as(okayama.caseworker):
            Case.objects.filter(pk=case.pk).update(support_goal_on=DAY if number == 3 else None)
    client = client_of(okayama.caseworker)
    wanted = {"kana": {"1 号", "3 号"}, "opened": {"4 号", "3 号"}, "goal": {"3 号", "0 号"}}
    for sort, first in wanted.items():
        seen: list[str] = []
        query = f"?state=&sort={sort}"
        for _ in range(3):
            page = client.get(reverse("case_list") + query)
            seen += people(page)
            if page.context["page"].older:
                query = f"?state=&sort={sort}&page={page.context['page'].older}"
        assert sorted(seen) == [f"{number} 号" for number in range(5)], sort
        assert set(seen[:2]) == first, sort
        with working_as(okayama.caseworker):
            asked = LISTS[ListKind.CASES]
            form = asked.form({"state": ""}, actor=okayama.caseworker)
            from_file, _persons = asked.keys(Wanted(okayama.caseworker, form, sort), 10)
            assert [Case.objects.get(pk=pk).person.name for pk in from_file] == seen
    cursor = client.get(reverse("case_list") + "?state=&sort=kana").context["page"].older
    assert "アオキ".encode() not in b64_decode(cursor.partition(":")[0].encode())


def test_a_case_that_two_of_my_organisations_see_is_one_row(okayama: Programme):
    case = okayama.open_case(name="二重 人")
    with working_as(okayama.manager):
        grant = case.grants.get()
        grant.pk, grant.organisation, grant._state.adding = new_id(), okayama.city, True
        grant.save(force_insert=True)
    client = client_of(okayama.manager)
    for sort in ("", "kana"):
        assert listed(client, f"?state=&sort={sort}") == ["二重 人"]
    assert len(table(export(client))) == 2


def test_counting_stops_at_a_bound(okayama: Programme, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        okayama.open_case(name=f"{number} 号")
    client = client_of(okayama.caseworker)
    assert client.get(reverse("case_list")).context["count"] == "3件"  # all on one page: nothing is counted
    monkeypatch.setitem(page_of.__kwdefaults__, "size", 2)
    monkeypatch.setattr("cases.lists.spec.COUNTED", 2)
    monkeypatch.setattr("cases.views.lists.COUNTED", 2)
    page = client.get(reverse("case_list"))
    assert page.context["count"] == "2件以上"
    monkeypatch.setattr("cases.lists.spec.COUNTED", 3)
    monkeypatch.setattr("cases.views.lists.COUNTED", 3)
    assert client.get(reverse("case_list")).context["count"] == "3件"


@pytest.mark.parametrize("name", ["case_list", "placement_list"])
def test_every_column_at_once_asks_the_same_for_1_and_3_rows(okayama: Programme, name: str):
    kind = ListKind.CASES if name == "case_list" else ListKind.PLACEMENTS
    client = client_of(okayama.caseworker)
    with working_as(okayama.caseworker):
        codes = [column.code for column in LISTS[kind].columns]
        listing.choose_columns(kind=kind, by=okayama.caseworker, columns=codes, view=None)
    counts = []
    for rows in ([1], [2, 3]):
        for number in rows:
            case = okayama.active(name=f"{number} 人目")
            okayama.interview(case, DAY)
            okayama.place(case, dt.date(2023, 6, 1))
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(name))
        assert len(people(page)) == rows[-1]
        counts.append(len(questions(queries)))
    assert counts[0] == counts[1] <= 16


def test_placements_by_condition(okayama: Programme):
    stays, left = okayama.active(name="続く 人"), okayama.active(name="辞めた 人")
    okayama.place(stays, today() - dt.timedelta(days=10))
    gone = okayama.place(left, dt.date(2023, 6, 1))
    with working_as(okayama.navigator):
        type(gone).objects.filter(pk=gone.pk).update(separated_on=dt.date(2023, 7, 1))
    client = client_of(okayama.navigator)
    assert listed(client, "", "placement_list") == ["続く 人", "辞めた 人"]
    assert listed(client, "?standing=working", "placement_list") == ["続く 人"]
    assert listed(client, "?standing=left", "placement_list") == ["辞めた 人"]
    assert listed(client, "?standing=&since=30", "placement_list") == ["続く 人"]
    assert listed(client, "?standing=&check=due", "placement_list") == ["辞めた 人"]
    rows = table(export(client, "?standing=left", kind="placements"))
    assert rows[0][:4] == ["氏名", "フリガナ", "番号", "就職先"]
    assert [row[0] for row in rows[1:]] == ["辞めた 人"]


# ── saved views


def keep(client: Client, name: str, query: str, **more: str) -> HttpResponse:
    answer = client.post(reverse("list_views", kwargs=CASES) + query, {"name": name, **more})
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_view_keeps_conditions_columns_and_order_and_may_come_first(okayama: Programme):
    okayama.active(name="支援 中")
    okayama.open_case(name="受付 だけ")
    client = client_of(okayama.caseworker)
    client.post(reverse("list_columns", kwargs=CASES), {"column": ["number", "contact"]})
    answer = keep(client, "支援中だけ", "?state=active&sort=kana", is_first="on")
    page = client.get(answer["Location"])
    assert people(page) == ["支援 中"]
    with working_as(okayama.caseworker):
        view = SavedView.objects.get()
        assert (view.query, view.sort, view.columns) == ("state=active", "kana", ["person", "number", "contact"])
    # The usual list changes; the view does not.
    client.post(reverse("list_columns", kwargs=CASES) + "?state=", {"column": ["age"]})
    assert [column.code for column in client.get(reverse("case_list") + "?state=").context["columns"]] == [
        "person",
        "age",
    ]
    assert [column.code for column in client.get(answer["Location"]).context["columns"]] == view.columns
    # Opened without anything, the list is the view; every condition given is stronger.
    first = client.get(reverse("case_list"))
    assert people(first) == ["支援 中"]
    assert not first.context["listing"].is_changed
    assert len(listed(client, "?state=")) == 2
    changed = client.get(reverse("case_list") + f"?view={view.pk}&state=")
    assert len(people(changed)) == 2
    assert changed.context["listing"].is_changed
    # Deleted, it comes first no more.
    client.post(reverse("list_views", kwargs=CASES), {"act": "delete", "view": str(view.pk)})
    assert len(listed(client)) == 2


def test_a_name_is_given_once(okayama: Programme):
    client = client_of(okayama.caseworker)
    keep(client, "未連絡", "?state=&contact=30")
    again = keep(client, " 未連絡  ", "?state=active")
    assert "「未連絡」という名前の表示がすでにあります" in again.content.decode()
    assert "state=active" in again.content.decode()  # what was open stays open
    with working_as(okayama.caseworker):
        assert SavedView.objects.get().query == "state=&contact=30"
    assert "表示の名前を入力してください" in keep(client, "", "?state=").content.decode()


def test_views_are_private_until_a_manager_shares(okayama: Programme, soja: Programme):
    mine, manager = client_of(okayama.caseworker), client_of(okayama.manager)
    keep(mine, "私の", "?state=active", is_shared="on")  # a caseworker cannot share, whatever is posted
    keep(manager, "市の", "?state=&contact=30", is_shared="on")
    keep(manager, "管理者だけ", "?state=")

    def names(who: Actor) -> list[str]:
        page = client_of(who).get(reverse("case_list"))
        return [view.name for view in page.context["listing"].views]

    assert names(okayama.caseworker) == ["私の", "市の"]
    assert names(okayama.manager) == ["管理者だけ", "市の"]
    assert names(okayama.navigator) == names(soja.caseworker) == []
    with working_as(okayama.caseworker):
        assert set(SavedView.objects.values_list("name", flat=True)) == {"私の", "市の"}  # the wall, not the filter
        shared = SavedView.objects.get(name="市の")
        with pytest.raises(DatabaseError), transaction.atomic():
            SavedView.objects.filter(pk=shared.pk).update(name="書き換え")
        with pytest.raises(DatabaseError), transaction.atomic():
            SavedView.objects.create(
                user=okayama.manager.user, organisation=okayama.office, kind=ListKind.CASES, name="なりすまし"
            )
    refused = mine.post(reverse("list_views", kwargs=CASES), {"act": "delete", "view": str(shared.pk)})
    assert refused.status_code == 404
    other = actor("okayama-second", okayama.city, Role.MANAGER)
    second = client_of(other)
    assert keep(second, "市の", "?state=", is_shared="on").status_code == 200  # one name, one shared view
    assert mine.post(reverse("list_views", kwargs=CASES), {"act": "first", "view": str(shared.pk)}).status_code == 302
    assert mine.get(reverse("case_list")).context["listing"].view == shared
    assert (
        second.post(reverse("list_views", kwargs=CASES), {"act": "delete", "view": str(shared.pk)}).status_code == 302
    )
    assert mine.get(reverse("case_list")).context["listing"].view is None


def test_settings_are_ones_own(okayama: Programme):
    client_of(okayama.caseworker).post(reverse("list_columns", kwargs=CASES), {"column": ["age"]})
    with working_as(okayama.manager):
        assert not ListSetting.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            ListSetting.objects.create(user=okayama.caseworker.user, kind=ListKind.PLACEMENTS)


# ── columns


def test_columns_are_chosen_and_moved_without_javascript(okayama: Programme):
    okayama.active()
    client = client_of(okayama.caseworker)
    url = reverse("list_columns", kwargs=CASES)
    usual = [column.code for column in client.get(reverse("case_list")).context["columns"]]
    moved = client.post(url, {"column": ["age", "state", "contact"], "move": "up:contact"})
    assert [column.code for column in moved.context["chosen"]] == ["age", "contact", "state"]
    assert [column.code for column in client.get(reverse("case_list")).context["columns"]] == usual  # not yet
    edge = client.post(url, {"column": ["age", "state"], "move": "up:age"})
    assert [column.code for column in edge.context["chosen"]] == ["age", "state"]
    client.post(url, {"column": ["age", "contact", "state", "no-such", "age"]})
    page = client.get(reverse("case_list"))
    assert [column.label for column in page.context["columns"]] == ["氏名", "年齢", "最後の面談・連絡", "状態"]
    client.post(url, {"act": "usual", "column": ["age"]})
    assert [column.code for column in client.get(reverse("case_list")).context["columns"]] == usual


# ── the way back


def test_the_way_back_leads_to_the_same_list_and_row(okayama: Programme):
    case = okayama.active()
    client = client_of(okayama.caseworker)
    detail = reverse("case_detail", kwargs={"pk": case.pk})
    assert "一覧へ戻る" not in client.get(detail).content.decode()
    client.get(reverse("case_list") + "?state=active&contact=30&sort=kana&unknown=1")
    page = client.get(detail)
    assert page.context["back"] == f"/cases/?state=active&contact=30&sort=kana#row-{case.pk}"
    client.get(reverse("interview_new", kwargs={"pk": case.pk}))
    assert client.get(detail).context["back"] == page.context["back"]
    listed_again = client.get(page.context["back"]).content.decode()
    assert f'id="row-{case.pk}"' in listed_again
    client.get(reverse("placement_list"))
    assert client.get(detail).context["back"].startswith("/placements/?")


def test_unknown_lists_are_not_found(okayama: Programme):
    client = client_of(okayama.caseworker)
    for name in ("list_views", "list_columns", "list_export"):
        assert client.get(reverse(name, kwargs={"kind": "nothing"})).status_code == 404


def test_nobody_sees_nothing(okayama: Programme):
    keep(client_of(okayama.caseworker), "私の", "?state=")
    desk.export(okayama, okayama.active(), okayama.caseworker)
    with scope(organisations=[]):
        assert not SavedView.objects.exists()
        assert not ListExport.objects.exists()
