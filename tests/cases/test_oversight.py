"""Who has read this record, which readings stand out, and who may say that they were duty."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any

import psycopg
import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access_log
from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry, User
from accounts.scope import Actor
from cases import urls
from cases.actions import oversight
from cases.enums import Duty, OddReason, OddVerdict
from cases.models import Assignment, Case, OddReading
from cases.reading_words import PAGES, page_words
from cases.tasks import find_odd_readings
from core.db import scope
from core.periods import now, today
from tests import servers
from tests.accounts.test_access_log import SHOWS_THE_PERSON
from tests.clients import client_of
from tests.factories import Programme, actor, working_as

DAY = dt.date(2023, 5, 10)


def read(who: Actor, case: Case, act: AccessAct = AccessAct.VIEW, route: str = "case_detail") -> None:
    """An entry as the middleware writes it, now."""
    access_log.write(
        reader=access_log.Reader(who.user.pk, who.organisation.pk, who.membership.pk, who.membership.role),
        act=act,
        route=route,
        request_id=uuid.uuid4(),
        subjects=[(case.person_id, case.pk)],
    )


def readers(who: Actor, case: Case) -> list[oversight.ReaderRow]:
    with working_as(who):
        return oversight.readers_of(person=case.person_id, first=today(), last=today())


def test_who_read_includes_the_other_organisation(okayama: Programme):
    case = okayama.active(DAY)
    client_of(okayama.navigator).get(reverse("case_detail", kwargs={"pk": case.pk}))
    client_of(okayama.navigator).get(reverse("case_detail", kwargs={"pk": case.pk}))
    client_of(okayama.caseworker).get(reverse("case_list"))
    client = client_of(okayama.manager)
    answer = client.get(reverse("case_readers", kwargs={"pk": case.pk}))
    text = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    for words in (
        f"{okayama.hello_work.name} 就職支援ナビゲーター {okayama.navigator.user.name} 相談・支援の記録 見た(2回)"
        " 支援要請にもとづく就労支援(本人の同意)",
        f"{okayama.office.name} ケースワーカー {okayama.caseworker.user.name} ケースの一覧 一覧に表示した"
        " 支援の実施(担当機関)(自機関の事務の遂行)",
        "2機関が見ました",
    ):
        assert words in text
    again = client.get(reverse("case_readers", kwargs={"pk": case.pk})).content.decode()
    assert "この方の記録を見た人の一覧" in again  # looking at it is a reading, too
    assert "okayama福祉事務所の上位の機関としての確認" in again
    assert client.get(reverse("case_readers", kwargs={"pk": case.pk}), {"first": "R8.2.30"}).status_code == 200


def test_the_paper_for_the_person_has_no_staff_names(okayama: Programme):
    case = okayama.active(DAY)
    client_of(okayama.navigator).get(reverse("case_detail", kwargs={"pk": case.pk}))
    answer = client_of(okayama.manager).get(reverse("case_readers_pdf", kwargs={"pk": case.pk}))
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    text = "".join(text.split())
    assert okayama.hello_work.name in text and "就職支援ナビゲーター" in text and "本人の同意" in text
    assert okayama.navigator.user.name not in text
    with working_as(okayama.manager):
        assert AccessEntry.objects.latest("pk").act == AccessAct.PRINT


def test_only_the_holder_asks_who_read(okayama: Programme, soja: Programme):
    case = okayama.active(DAY)
    read(okayama.navigator, case)
    assert [row.user_id for row in readers(okayama.manager, case)] == [okayama.navigator.user.pk]
    # Hello Work sees the case and does not hold it; another city does not see it at all.
    assert readers(okayama.navigator, case) == []
    assert readers(soja.manager, case) == []
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        oversight.readers_of(person=case.person_id, first=today(), last=today())


def test_every_page_with_a_person_has_plain_words():
    assert SHOWS_THE_PERSON - set(PAGES) == set()
    assert all(re.search("[ぁ-んァ-ヶ一-龯]", words) for words in PAGES.values())


def test_readers_are_found_by_index():
    """The report is driven by the index (person, time), however long the log is."""
    name = servers.copy(servers.template(), f"readers_{servers.WORKER}")
    many = """
        INSERT INTO accounts_accessentry (chain, number, at, role, request_id, act, route, purpose, result_count,
            previous_hash, hash)
        SELECT 0, n, now() - n * interval '1 second', '', gen_random_uuid(), 'view', 'x', '', 1, '', ''
          FROM generate_series(1, 60000) n;
        INSERT INTO accounts_accesssubject (entry_id, person_id, at)
        SELECT id, ('00000000-0000-7000-8000-' || lpad((number % 5000)::text, 12, '0'))::uuid, at
          FROM accounts_accessentry;
        ANALYZE accounts_accessentry, accounts_accesssubject;
    """
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name) as root:
        root.execute(many)
        plan = "\n".join(
            row[0]
            for row in root.execute(
                "EXPLAIN WITH entry AS MATERIALIZED (SELECT DISTINCT s.entry_id FROM accounts_accesssubject s"
                " WHERE s.person_id = '00000000-0000-7000-8000-000000000007' AND s.at >= now() - interval '1 year'"
                " AND s.at < now()) SELECT count(*) FROM entry JOIN accounts_accessentry e ON e.id = entry.entry_id"
            )
        )
    assert "access_by_person" in plan and "accounts_accessentry_pkey" in plan
    assert "Seq Scan" not in plan


@pytest.fixture
def colleague(okayama: Programme) -> Actor:
    return actor("okayama-colleague", okayama.office, Role.CASEWORKER)


def assign(programme: Programme, case: Case, who: Actor) -> None:
    with working_as(programme.caseworker):
        Assignment.objects.create(
            case=case,
            user=who.user,
            organisation=who.organisation,
            duty=Duty.CASEWORKER,
            starts_on=DAY,
            assigned_by=who.user,
        )


def found(programme: Programme) -> list[tuple[str, int | None, Any]]:
    with scope(organisations=[programme.office.pk]):
        oversight.find_odd_readings(organisation=programme.office, day=today(), at=now())
        rows = OddReading.objects.order_by("reason").values_list("reason", "user_id", "person_id")
        return [row for row in rows if row[0] != OddReason.NIGHT]  # the test itself may run at night


def test_a_surname_of_ones_own_is_found_and_duty_is_not(okayama: Programme, colleague: Actor):
    User.objects.filter(pk=colleague.user.pk).update(name="髙梨 一郎")
    same = okayama.active(DAY, name="高梨\u3000花子")
    other = okayama.active(DAY, name="山本 花子")
    mine = okayama.active(DAY, name="高梨 次郎")
    worked = okayama.active(DAY, name="高梨 三郎")
    waiting = okayama.open_case(DAY, name="高梨 四郎")
    assign(okayama, mine, colleague)
    for case in (same, other, mine, worked, waiting):
        read(colleague, case)
    read(colleague, worked, AccessAct.CHANGE, "interview_new")
    assert found(okayama) == [(OddReason.SAME_SURNAME, colleague.user.pk, same.person_id)]
    assert len(found(okayama)) == 1  # twice is once


def test_limits_of_an_organisation(okayama: Programme, colleague: Actor, settings: Any):
    cases = [okayama.active(DAY, name=f"{number} 人目") for number in range(3)]
    for case in cases:
        read(colleague, case)
    assert found(okayama) == []
    settings.ODD_READING_LIMITS = {str(okayama.office.pk): {"burst_persons": 3}}
    assert found(okayama) == [(OddReason.UNASSIGNED_BURST, colleague.user.pk, None)]


def test_the_nightly_task_looks_at_yesterday_and_leaves_no_trace_of_its_own(okayama: Programme, colleague: Actor):
    case = okayama.active(DAY)
    read(colleague, case)
    before = entry_count()
    find_odd_readings()
    find_odd_readings()
    assert entry_count() == before
    with working_as(okayama.manager):
        assert not OddReading.objects.filter(reason=OddReason.SAME_SURNAME).exists()


def entry_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(last_number), 0) FROM accounts_accesschain")
        return int(cursor.fetchone()[0])


@pytest.fixture
def odd(okayama: Programme, colleague: Actor) -> OddReading:
    case = okayama.active(DAY)
    with working_as(okayama.manager):
        return OddReading.objects.create(
            organisation=okayama.office,
            reason=OddReason.REPEATED,
            user=colleague.user,
            person_id=case.person_id,
            read_on=DAY,
            found="3日開きました。",
            entry_ids=[],
            found_at=now(),
        )


def test_a_manager_reviews_and_the_first_word_stands(okayama: Programme, odd: OddReading):
    client = client_of(okayama.manager)
    assert "気になる閲覧が1件あります" in client.get(reverse("today")).content.decode()
    url = reverse("odd_reading_review", kwargs={"pk": odd.pk})
    refused = client.post(url, {"verdict": "duty", "note": ""})
    assert refused.status_code == 200 and "入力を確かめてください" in refused.content.decode()
    assert client.post(url, {"verdict": "duty", "note": "休みの担当者の代わり"}).status_code == 302
    late = client.post(url, {"verdict": "investigate", "note": "あとから"})
    assert "すでに点検しました" in late.content.decode()
    with working_as(okayama.manager):
        odd.refresh_from_db()
        assert (odd.verdict, odd.note, odd.reviewed_by) == ("duty", "休みの担当者の代わり", okayama.manager.user)
    assert "気になる閲覧が" not in client.get(reverse("today")).content.decode()


def test_nobody_reviews_the_own_reading(okayama: Programme, odd: OddReading):
    with working_as(okayama.manager):
        OddReading.objects.filter(pk=odd.pk).update(user=okayama.manager.user)
        odd.refresh_from_db()
        with pytest.raises(oversight.OwnReading):
            oversight.review_odd_reading(odd=odd, by=okayama.manager, at=now(), verdict=OddVerdict.DUTY, note="x")
        with pytest.raises(DatabaseError, match="odd_reading_not_reviewed_by_reader"), transaction.atomic():
            OddReading.objects.filter(pk=odd.pk).update(
                reviewed_at=now(), reviewed_by=okayama.manager.user, verdict="duty", note="x"
            )
        with pytest.raises(DatabaseError, match="odd_reading_review_complete"), transaction.atomic():
            OddReading.objects.filter(pk=odd.pk).update(verdict="duty")


def test_odd_readings_stay_with_their_organisation(okayama: Programme, soja: Programme, odd: OddReading):
    with working_as(soja.manager):
        assert OddReading.objects.count() == 0
    with working_as(okayama.navigator):
        assert OddReading.objects.count() == 0
    assert client_of(soja.manager).get(reverse("odd_reading_review", kwargs={"pk": odd.pk})).status_code == 404


def test_the_log_is_filtered_by_day_user_and_act(okayama: Programme, colleague: Actor):
    case = okayama.active(DAY)
    read(colleague, case)
    read(okayama.caseworker, case, AccessAct.LIST, "case_list")
    client = client_of(okayama.manager)

    def rows(**chosen: Any) -> int:
        text = client.get(reverse("access_log"), chosen).content.decode()
        return text.split("<tbody>")[1].count("<tr>")

    assert rows() == 2
    assert rows(user=colleague.user.pk) == 1
    assert rows(act="list") == 1
    assert rows(day="R5.4.1") == 0
    assert rows(day=today().isoformat()) == 2
    assert "日: 「昨日」は日付として" in client.get(reverse("access_log"), {"day": "昨日"}).content.decode()
    assert rows(day="昨日") == 2  # as if no day had been chosen
    entry_url = client.get(reverse("access_log"), {"act": "list"}).content.decode()
    match = re.search(r'href="(/access/\d+/\d+/)"', entry_url)
    assert match
    assert "試験 花子" in client.get(match[1]).content.decode()


@pytest.mark.parametrize("name", ["access_log", "odd_reading_list"])
def test_lists_ask_the_same_for_1_and_3_rows(okayama: Programme, colleague: Actor, name: str):
    cases = [okayama.active(DAY, name=f"{number} 人目") for number in range(3)]
    client = client_of(okayama.manager)
    counts = []
    for some in (cases[:1], cases[1:]):
        for case in some:
            read(colleague, case)
            with working_as(okayama.manager):
                OddReading.objects.create(
                    organisation=okayama.office,
                    reason=OddReason.REPEATED,
                    user=colleague.user,
                    person_id=case.person_id,
                    read_on=DAY,
                    found="x",
                    entry_ids=[],
                    found_at=now(),
                )
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 17


def test_every_screen_of_casework_has_words_for_the_person_who_asks_who_looked():
    """Found on the tour: assessments, family facts and prints stood there as 「その他の画面」."""
    wordless = {"help", "notice_settings", "calendar_feed", "list_views", "list_columns", "form_list", "form_edit"}
    wordless |= {"accessibility", "employer_list"}  # no person in them
    names = {str(pattern.name) for pattern in urls.urlpatterns}
    assert {name for name in names if page_words(name) == "その他の画面"} == wordless
