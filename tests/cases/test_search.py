"""Finding people in any spelling, by any date, number or phone; and only one's own."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.scope import Actor
from cases.duplicates import Sought, alike, one_apart, swapped
from cases.finding import HITS_SQL, find
from cases.kanji import FOLDED
from cases.models import Person, SearchKey
from cases.search import birth_prefixes, fold, fold_number, name_keys, spellings
from core.db import scope
from core.periods import KnownDate
from tests.clients import client_of
from tests.factories import Programme, working_as


def found(who: Actor, text: str) -> set[Any]:
    with working_as(who):
        return set(find(text, who.organisation_ids).kinds)


@pytest.mark.parametrize(
    "text",
    [
        "わたなべ",
        "ﾜﾀﾅﾍﾞ",
        "ワタナベ ケン",
        "けん わたなべ",
        "けん",
        "渡辺",
        "渡邉",
        "渡邊健",
        "健 渡辺",
        "渡辺 ケン",
        "渡\U000e0101邊",
        "S55.5.5",
        "昭和55年5月5日",
        "1980/5/5",
        "１９８００５０５",
        "3550505",
        "S55.5",
        "昭和55年",
        "S55",
        "1980",
        "1980年生まれ",
        "昭和55年 5月 5日",
        "R05-0001",
        "ｒ０５",
        "R5-1",
        "5-1",
        "1",
        "0001",
        "086-000-1111",
        "086 000 1111",
        "+81 86 000 1111",
        "０８６０００",
        "1111",
        "わたなべ S55",
        "1980 渡辺",
        "ケン 1111",
    ],
)
def test_every_writing_finds_the_person(okayama: Programme, text):
    case = okayama.open_case(name="渡邊 健", kana="ワタナベ ケン", contact={"phone": "086-000-1111"})
    okayama.open_case(
        name="鈴木 恵", kana="スズキ メグミ", birth_on=dt.date(1971, 1, 2), contact={"phone": "090-2222-3333"}
    )
    assert case.pk in found(okayama.caseworker, text)


@pytest.mark.parametrize(
    "text",
    [
        "スズキ",
        "渡部",
        "S55.5.6",
        "S56",
        "1981",
        "R05-0099",
        "9",
        "1112",
        "わたなべ S56",
        "ワタナベ スズキ",
        "ー",
        "々",
        "・",
        "%",
        "_",
    ],
)
def test_something_else_does_not(okayama: Programme, text):
    okayama.open_case(name="渡邊 健", kana="ワタナベ ケン", contact={"phone": "086-000-1111"})
    assert found(okayama.caseworker, text) == set()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("はなこ", True), ("ﾊﾅ", True), ("花", True), ("たな", True), ("なこ", False), ("中花", False), ("なか", False)],
)
def test_a_name_is_found_from_its_beginning_and_the_page_says_so(okayama: Programme, text: str, is_found: bool):
    """The family or the given name; what stands in the middle is refused with a hint (performance.md C10)."""
    case = okayama.open_case(name="田中 花子", kana="タナカ ハナコ")
    answer = client_of(okayama.caseworker).post(reverse("case_search"), {"q": text})
    if is_found:
        assert answer["Location"] == reverse("case_detail", kwargs={"pk": case.pk})
    else:
        page = answer.content.decode()
        assert "当てはまるケースはありません" in page and "途中の文字では出ません" in page
        assert f"「{text}」で探した結果" in page


def test_search_stays_behind_the_wall(okayama: Programme, soja: Programme):
    okayama.open_case()
    with working_as(soja.caseworker):
        everything = (*okayama.caseworker.organisation_ids, *soja.caseworker.organisation_ids)
        for text in ("シケン", "1980/5/5", "試験", "R05-0001", "しけん 1980"):
            assert find(text, everything).kinds == {}
        assert alike(Sought("試験 花子", "シケン ハナコ", KnownDate(1980, 5, 5)), soja.caseworker, with_weak=True) == []


def test_names_as_typed_are_never_changed(okayama: Programme):
    typed = "渡\U000e0101邉 𠮷\u9ad9"
    okayama.open_case(name=typed, kana="ワタナベ ヨシタカ")
    with working_as(okayama.caseworker):
        assert Person.objects.get().name == typed
        assert SearchKey.objects.filter(key="渡辺吉高").exists()


def test_every_variant_has_one_key():
    """A table without chains: what a form folds into is not folded again."""
    assert len(FOLDED) > 400
    assert [value for value in FOLDED.values() if ord(value) in FOLDED] == []
    for one, other in (
        ("髙﨑", "高崎"),
        ("濵嶋", "浜島"),
        ("齋藤", "斉藤"),
        ("𠮷澤", "吉沢"),
        ("神", "\ufa19"),
        ("令", "\uf9a8"),
    ):
        assert fold(one) == fold(other)
    assert fold("佐々木") == fold("佐佐木")
    assert fold("関ヶ原") == fold("関ケ原") == fold("関が原")
    assert fold("一ノ瀬") == fold("一之瀬") == fold("一の瀬")


def test_folds():
    assert fold("さとう") == fold("サトー") == fold("ｻﾄｳ") == "サトオ"
    assert fold("オオノ") == fold("オーノ") != fold("オノ")
    assert spellings("イイヅカ") & spellings("イイズカ")
    assert spellings("イイヅカ") & spellings("イイツカ")
    assert spellings("ヴィオラ") & spellings("ビオラ")
    assert fold("João Léger") == "JOAOLEGER"
    assert fold_number("ｒ８－12") == "R08-0012"
    assert len(name_keys("ミホン・ダ・シルバ マリア")) == 4
    assert birth_prefixes("R元") == {"2019"}
    assert birth_prefixes("13月") == set()
    assert swapped(dt.date(1980, 4, 3)) == dt.date(1980, 3, 4)
    assert swapped(dt.date(1980, 4, 30)) is None
    assert one_apart("サトオ", "サイトオ")
    assert one_apart("カトオ", "サトオ")
    assert not one_apart("サトオ", "サトオ")
    assert not one_apart("サトオ", "カトウマ")


def test_the_page_says_why_and_shows_the_latest_twenty(okayama: Programme):
    for number in range(23):
        okayama.open_case(
            on=dt.date(2023, 4, 1) + dt.timedelta(days=number), name=f"例示 {number}号", kana="レイジ ハナコ"
        )
    text = client_of(okayama.caseworker).post(reverse("case_search"), {"q": "れいじ"}).content.decode()
    assert text.count('<th scope="row">') == 20
    assert "23件のうち" in text
    assert "フリガナ</td>" in text
    assert text.index("例示 22号") < text.index("例示 21号") < text.index("例示 3号")
    assert "例示 2号" not in text


def test_keys_can_be_rebuilt(okayama: Programme):
    case = okayama.open_case(name="渡邊 健", kana="ワタナベ ケン")
    with working_as(okayama.caseworker):
        SearchKey.objects.all().delete()
    assert found(okayama.caseworker, "わたなべ") == set()
    call_command("rebuild_search", "--all-organisations", stdout=io.StringIO())
    assert found(okayama.caseworker, "わたなべ") == {case.pk}


def test_likely_duplicates_have_reasons(okayama: Programme):
    day = dt.date(1980, 3, 4)
    me = okayama.open_case(
        name="渡邊 健", kana="ワタナベ ケン", birth_on=day, contact={"phone": "090-1111-2222"}
    ).person
    others = {
        "variant": okayama.open_case(name="渡辺 健", kana="ワタナベ ケン", birth_on=day),
        "swapped": okayama.open_case(name="渡部 健", kana="ワタナベ ケン", birth_on=dt.date(1980, 4, 3)),
        "near": okayama.open_case(name="渡名部 健", kana="ワタナブ ケン", birth_on=day),
        "married": okayama.open_case(name="鈴木 健", kana="スズキ ケン", birth_on=day),
        "phone": okayama.open_case(
            name="渡邊 恵", kana="ワタナベ メグミ", birth_on=dt.date(1984, 1, 1), contact={"phone": "09011112222"}
        ),
        "kana": okayama.open_case(name="渡部 賢", kana="ワタナベ ケン", birth_on=dt.date(1955, 1, 1)),
        "day": okayama.open_case(name="例示 一", kana="レイジ ハジメ", birth_on=day),
    }
    names = {case.person_id: name for name, case in others.items()}
    with working_as(okayama.caseworker):
        likely = {
            names[row.person.pk]: row.reasons for row in alike(Sought.of(me), okayama.caseworker, other_than=me.pk)
        }
        weak = {
            names[row.person.pk] for row in alike(Sought.of(me), okayama.caseworker, other_than=me.pk, with_weak=True)
        }
    assert set(likely) == {"variant", "swapped", "near", "married"}
    assert likely["variant"] == ("フリガナが同じ", "氏名が異体字・表記の違いだけで同じ", "生年月日が同じ")
    assert "生年月日の月と日が入れ替わっている" in likely["swapped"]
    assert "フリガナが1文字違い" in likely["near"]
    assert "姓が変わった" in likely["married"][0]
    assert weak == {"variant", "swapped", "near", "married", "phone", "kana"}


def test_registration_begins_with_a_search(okayama: Programme):
    case = okayama.open_case(name="渡邊 健", kana="ワタナベ ケン")
    client = client_of(okayama.caseworker)
    url = reverse("case_new")
    first = client.get(url).content.decode()
    assert 'name="name_kana"' in first
    assert 'name="status"' not in first
    missing = client.post(url, {"act": "find"}).content.decode()
    assert "フリガナを入力してください。" in missing
    shown = client.post(url, {"act": "find", "name_kana": "わたなべ けん", "birth_on": "S55.5.5"}).content.decode()
    assert reverse("case_detail", kwargs={"pk": case.pk}) in shown
    assert "フリガナが同じ、生年月日が同じ" in shown
    assert 'name="status"' not in shown
    form = client.post(
        url, {"act": ["form", "find"], "name_kana": "わたなべ けん", "birth_on": "S55.5.5"}
    ).content.decode()
    assert 'name="status"' in form
    assert 'value="ワタナベ ケン"' in form
    # Nobody alike: one step, and what was typed is in the form.
    quick = client.post(url, {"act": "find", "name_kana": "れいじ いち"}).content.decode()
    assert 'value="レイジ イチ"' in quick
    assert 'name="status"' in quick
    # Whoever comes with the whole form at once is still asked.
    whole = {
        "name": "渡辺 健",
        "name_kana": "ワタナベ ケン",
        "birth_on": "1980/5/5",
        "sex": "unanswered",
        "status": "livelihood_protection",
        "opened_on": "2023/5/1",
        "agreement": okayama.agreement.pk,
        "holder": okayama.office.pk,
    }
    asked = client.post(url, whole)
    assert asked.status_code == 200
    assert "別の人なので登録する" in asked.content.decode()
    assert client.post(url, {**whole, "is_other_person": "yes"}).status_code == 302


def test_the_operators_of_searches_are_leakproof(db):
    """A20: else PostgreSQL would not use the index behind the wall."""
    assert {"LIKE", "~", "%%", "@@"} & set(HITS_SQL.split()) == set()
    pairs = [
        ("=", "text", "text"),
        (">=", "text", "text"),
        ("<", "text", "text"),
        ("=", "int8", "int8"),
        ("=", "uuid", "uuid"),
        ("<=", "date", "date"),
        (">=", "date", "date"),
        ("<", "timestamptz", "timestamptz"),
        ("<=", "timestamptz", "timestamptz"),
        ("<", "uuid", "uuid"),
    ]
    with connection.cursor() as cursor:
        for operator, left, right in pairs:
            cursor.execute(
                "SELECT p.proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode"
                " WHERE o.oprname = %s AND o.oprleft = %s::regtype AND o.oprright = %s::regtype",
                [operator, left, right],
            )
            assert cursor.fetchall() == [(True,)], (operator, left)
        cursor.execute("SELECT p.proleakproof FROM pg_proc p WHERE proname = 'textlike'")
        assert cursor.fetchall() == [(False,)]  # the test can fail


def test_the_search_reads_an_index_behind_the_wall(okayama: Programme):
    """The plan of the look-up begins at organisation, kind and key; no filter does the work."""
    for number in range(3):
        okayama.open_case(name=f"例示 {number}号", kana="レイジ ハナコ")
    with working_as(okayama.caseworker), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN {HITS_SQL}",
            {
                "organisations": list(okayama.caseworker.organisation_ids),
                "kinds": ["kana"],
                "lows": ["レイ"],
                "highs": ["レイ\U0010ffff"],
                "limit": 201,
            },
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "search_key_once" in plan
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "organisation_id" in condition
    assert "kind" in condition
    assert "key" in condition


def test_two_users_over_one_connection_never_see_each_other(okayama: Programme, soja: Programme):
    """A16: 10,000 turns on the same connection; not one row of the other's."""
    mine, theirs = okayama.open_case(), soja.open_case()
    backend = set()
    sides = ((okayama.caseworker.organisation_ids, mine.pk), (soja.caseworker.organisation_ids, theirs.pk))
    foreign = 0
    for turn in range(10_000):
        organisations, own = sides[turn % 2]
        with scope(organisations=organisations), connection.cursor() as cursor:
            cursor.execute("SELECT id, pg_backend_pid() FROM cases_case")
            rows = cursor.fetchall()
        foreign += sum(pk != own for pk, _pid in rows)
        assert len(rows) == 1
        backend |= {pid for _pk, pid in rows}
    assert foreign == 0
    assert len(backend) == 1


def test_a_user_of_several_organisations_pages_through_all(okayama: Programme):
    """Pages are merged from each organisation's own; nothing is lost, doubled or out of order."""
    other = type(okayama.office).objects.create(
        kind="welfare_office", name="南福祉", short_name="南", parent=okayama.city
    )
    with scope(organisations=[okayama.office.pk, other.pk, okayama.city.pk]):
        for number in range(55):
            case = okayama.open_case(on=dt.date(2023, 4, 1) + dt.timedelta(days=number), name=f"例示 {number}号")
            if number % 2:
                case.grants.update(organisation=other)
    client = client_of(okayama.manager)
    seen: list[str] = []
    url = reverse("case_list")
    for _ in range(3):
        page = client.get(url)
        seen += [row["case"].person.name for row in page.context["rows"]]
        if page.context["page"].older is None:
            break
        url = f"{reverse('case_list')}?page={page.context['page'].older}"
    assert seen == [f"例示 {number}号" for number in range(54, -1, -1)]
