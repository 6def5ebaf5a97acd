"""Nothing typed is lost, and nobody else reads it: drafts on the server."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any
from uuid import UUID, uuid4
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.clock import SEEN_KEY, STARTED_KEY
from accounts.drafts import DraftOutdated, Text, opened, save_draft
from accounts.models import Draft, Submission
from accounts.scope import Actor
from accounts.tasks import sweep_drafts
from cases.models import Interview, InterviewEvent
from cases.papers.record import read_record
from cases.papers.stamp import stamp
from core.db import scope
from core.periods import now
from tests.clients import client_of
from tests.factories import Programme, working_as

# Emoji, a family joined by ZWJ, a character outside the BMP, IVS variants, combining kana, CRLF.
LONG = ("𠮷野家👨‍👩‍👧葛󠄀城市と葛󠄁飾区か\u3099\r\n" * 8000)[:100_000]
BACKGROUND = {"HTTP_X_ITTAI_BACKGROUND": "1"}


def draft_data(who: Actor, path: str, **changes: Any) -> dict[str, Any]:
    values = changes.pop("values", {"body": ["書きかけ"]})
    data = {
        "key": str(uuid4()),
        "path": path,
        "query": "",
        "title": "面談を記録",
        "seen": "0",
        "writer": str(uuid4()),
        "step": "1",
        "user": str(who.user.pk),
        "values": json.dumps(values),
    }
    return data | {name: str(value) for name, value in changes.items()}


def save(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("draft_save"), data, **BACKGROUND)


@pytest.fixture
def form(okayama: Programme) -> str:
    return reverse("interview_new", kwargs={"pk": okayama.active().pk})


def test_a_draft_is_kept_encrypted_and_offered(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    data = draft_data(okayama.navigator, form, values={"body": ["内緒の話"], "method": ["phone"]})
    answer = save(client, data)
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    with working_as(okayama.navigator), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM accounts_draft")
        stored = bytes(cursor.fetchone()[0])
        assert "内緒の話".encode() not in stored
        assert json.dumps("内緒の話").encode() not in stored
    page = client.get(form).content.decode()
    assert "の下書きがあります" in page
    assert "内緒の話" not in page
    restored = client.get(f"{form}?draft={data['key']}").content.decode()
    assert "内緒の話" in restored
    assert '<option value="phone" selected>' in restored
    assert data["key"] in restored
    # A box that was not ticked in the draft is not ticked by the form's own proposal.
    assert "has_person" in restored
    assert 'name="has_person" class="checkboxinput form-check-input" id="id_has_person" checked' not in restored


def test_nobody_else_sees_it(okayama: Programme, form: str):
    mine, theirs = client_of(okayama.navigator), client_of(okayama.caseworker)
    data = draft_data(okayama.navigator, form, values={"body": ["内緒の話"]})
    save(mine, data)
    for url in (form, f"{form}?draft={data['key']}", "/"):
        page = theirs.get(url).content.decode()
        assert "内緒の話" not in page
        assert "下書き" not in page
        assert data["key"] not in page
    assert theirs.post(reverse("draft_discard", kwargs={"pk": data["key"]})).status_code == 404
    # The other one cannot write over it either, even knowing the key.
    answer = save(theirs, data | {"user": str(okayama.caseworker.user.pk), "writer": str(uuid4())})
    assert answer.status_code == 409
    with working_as(okayama.caseworker):
        assert Draft.objects.count() == 0
        assert Draft.objects.filter(pk=data["key"]).delete()[0] == 0
    with working_as(okayama.navigator):
        draft = Draft.objects.get()
        assert opened(draft) == Text(title="面談を記録", fields={"body": ["内緒の話"]})
        draft.user = okayama.caseworker.user
        assert opened(draft) is None  # a key per user
    with working_as(okayama.caseworker), pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.create(
            pk=uuid4(), user=okayama.navigator.user, path="/", body=b"", writer=uuid4(), step=1, updated_at=now()
        )


def test_a_page_left_open_by_another_user_saves_nothing(okayama: Programme, form: str):
    data = draft_data(okayama.navigator, form)
    assert save(client_of(okayama.caseworker), data).status_code == 403
    with working_as(okayama.caseworker):
        assert Draft.objects.count() == 0


def test_an_old_tab_does_not_overwrite(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    first = draft_data(okayama.navigator, form, values={"body": ["一"]})
    assert save(client, first).json()["version"] == 1
    second = first | {"writer": str(uuid4()), "seen": "1", "values": json.dumps({"body": ["一二"]})}
    assert save(client, second).json()["version"] == 2
    late = save(client, first | {"seen": "1", "step": "2", "values": json.dumps({"body": ["古い"]})})
    assert late.status_code == 409
    assert "別の画面" in late.json()["error"]
    with working_as(okayama.navigator):
        assert opened(Draft.objects.get()).fields == {"body": ["一二"]}  # type: ignore[union-attr]
    # The same page may repeat itself when the answer was lost, but not in the wrong order.
    again = second | {"step": "3", "values": json.dumps({"body": ["一二三"]})}
    assert save(client, again).json()["version"] == 3
    assert save(client, second | {"step": "2"}).status_code == 409


def test_long_text_comes_back_byte_for_byte(okayama: Programme, form: str):
    """B26: draft, record and history."""
    assert len(LONG) == 100_000
    client = client_of(okayama.navigator)
    data = draft_data(okayama.navigator, form, values={"body": [LONG]})
    assert save(client, data).status_code == 200
    with working_as(okayama.navigator):
        assert opened(Draft.objects.get()).fields["body"] == [LONG]  # type: ignore[union-attr]
    # A line break is one character, whichever keyboard or file it came from; everything else is as it was typed.
    text = LONG.strip().replace("\r\n", "\n")
    sent = {
        "held_at": "2023/5/1 10:00",
        "method": "visit",
        "body": LONG.strip(),
        "visibility": "shared",
        "once": data["key"],
    }
    assert client.post(form, sent).status_code == 302
    with working_as(okayama.navigator):
        assert Interview.objects.get().body.encode() == text.encode()
        assert InterviewEvent.objects.get().body.encode() == text.encode()
        assert Draft.objects.count() == 0


def test_long_text_is_printed_byte_for_byte(okayama: Programme):
    """B26: the record on paper (支援経過記録) carries every character into the page that becomes the PDF."""
    text = LONG.strip().replace("\r\n", "\n")
    case = okayama.active()
    okayama.interview(case, dt.date(2023, 5, 1), body=text)
    with working_as(okayama.navigator):
        record = read_record(case, okayama.navigator)
    line = next(line for line in record.lines if text in dict(line.parts).values())
    foot = stamp(by=okayama.navigator, at=now(), number=record.number)
    shown = {"record": record, "lines": [(1, line)], "stamp": foot, "title": "支援経過記録", "lead": ""}
    count = {"volume": 1, "volume_count": 1, "first": 1, "last": 1, "is_last": True}
    page = render_to_string("cases/papers/record.html", {**shown, **count})
    root = tinyhtml5.parse(page, namespace_html_elements=False)
    cells = [one for one in root.iter("p") if one.find("br") is not None]
    assert [_as_typed(one) for one in cells] == [text]
    assert _as_typed(cells[0]).encode() == text.encode()


def _as_typed(paragraph: Element) -> str:
    """The text after the label, a line break where the page breaks the line."""
    label, *rest = paragraph
    assert label.get("class") == "label"
    tail = (label.tail or "") + "".join(("\n" if one.tag == "br" else "") + (one.tail or "") for one in rest)
    return tail.removeprefix(" ")


def test_half_a_surrogate_pair_does_no_harm(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    data = draft_data(okayama.navigator, form)
    assert save(client, data | {"values": '{"body": ["a\\ud83d b"]}'}).status_code == 200
    with working_as(okayama.navigator):
        assert opened(Draft.objects.get()).fields == {"body": ["a\ufffd b"]}  # type: ignore[union-attr]


def test_secrets_are_never_kept(okayama: Programme):
    client = client_of(okayama.navigator)
    values = {"old_password": ["geheim"], "name": ["x"], "csrfmiddlewaretoken": ["t"]}
    save(client, draft_data(okayama.navigator, "/employers/new/", values=values))
    with working_as(okayama.navigator):
        assert opened(Draft.objects.get()).fields == {"name": ["x"]}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong",
    [{"path": "//evil.example/"}, {"path": "/nowhere/"}, {"key": "x"}, {"values": "[1]"}, {"values": '{"a": "b"}'}],
)
def test_what_is_no_draft_is_refused_with_a_sentence(okayama: Programme, form: str, wrong: dict[str, str]):
    answer = save(client_of(okayama.navigator), draft_data(okayama.navigator, form) | wrong)
    assert answer.status_code == 400
    assert "入力はこの画面に残っています" in answer.json()["error"]


def test_saving_a_form_ends_its_draft_and_no_late_autosave_brings_it_back(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    data = draft_data(okayama.navigator, form)
    save(client, data)
    sent = {"held_at": "2023/5/1 10:00", "method": "visit", "body": "", "visibility": "shared", "once": data["key"]}
    page = client.post(form, sent).content.decode()  # the text is missing: refused, the draft stays
    assert data["key"] in page
    with working_as(okayama.navigator):
        assert Draft.objects.count() == 1
    assert client.post(form, sent | {"body": "話した"}).status_code == 302
    late = save(client, data | {"step": "9"})
    assert late.status_code == 410
    assert "すでに送られています" in late.json()["error"]
    with working_as(okayama.navigator):
        assert Draft.objects.count() == 0


def test_discard(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    data = draft_data(okayama.navigator, form, query="appointment=1&draft=2")
    save(client, data)
    answer = client.post(reverse("draft_discard", kwargs={"pk": data["key"]}))
    assert answer["Location"] == f"{form}?appointment=1"
    with working_as(okayama.navigator):
        assert Draft.objects.count() == 0


def test_the_first_screen_lists_them_only_while_the_case_is_seen(okayama: Programme, soja: Programme, form: str):
    client = client_of(okayama.navigator)
    save(client, draft_data(okayama.navigator, form))
    save(client, draft_data(okayama.navigator, "/employers/new/", title="事業所を登録する"))
    foreign = reverse("interview_new", kwargs={"pk": soja.active(name="見えない 人").pk})
    save(client, draft_data(okayama.navigator, foreign, title="見えないはずの題"))
    page = client.get("/").content.decode()
    assert "書きかけ" in page
    assert "事業所を登録する" in page
    assert "試験 花子" in page
    assert "見えない" not in page


def test_logout_asks_before_it_forgets(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    save(client, draft_data(okayama.navigator, form))
    page = client.post(reverse("logout"))
    assert "下書き1件を消してログアウトする" in page.content.decode()
    assert client.get("/").status_code == 200
    with working_as(okayama.navigator):
        assert Draft.objects.count() == 1
    assert client.post(reverse("logout"), {"wipe": "yes"}).status_code == 302
    assert client.get("/").status_code == 302
    with working_as(okayama.navigator):
        assert Draft.objects.count() == 0
    other = client_of(okayama.caseworker)
    assert other.post(reverse("logout")).status_code == 302  # nothing to ask


def expire(client: Client, key: str = SEEN_KEY, seconds: int = 10_000_000) -> None:
    session = client.session
    session[key] = time.time() - seconds
    session.save()


def test_the_clock(okayama: Programme, settings: Any):
    client = client_of(okayama.navigator)
    client.get("/")
    expire(client, seconds=settings.SESSION_IDLE_SECONDS - 100)
    for _ in range(2):  # asking does not extend
        left = client.get(reverse("session_status")).json()
        assert left["idle_seconds_left"] in (99, 100)
        assert left["user"] == okayama.navigator.user.pk
    assert client.post(reverse("session_extend"), **BACKGROUND).json()["idle_seconds_left"] > 800
    expire(client)
    assert client.get(reverse("session_status")).status_code == 401
    assert client.get("/").status_code == 302
    client = client_of(okayama.navigator)
    client.get("/")
    expire(client, STARTED_KEY)  # twelve hours are over, however busy
    assert client.get("/")["Location"].startswith("/login/")


def test_autosave_after_the_end_gets_401_and_does_not_extend(okayama: Programme, form: str, settings: Any):
    client = client_of(okayama.navigator)
    client.get("/")
    expire(client, seconds=settings.SESSION_IDLE_SECONDS - 100)
    assert save(client, draft_data(okayama.navigator, form)).status_code == 200
    assert client.get(reverse("session_status")).json()["idle_seconds_left"] <= 100
    expire(client)
    assert save(client, draft_data(okayama.navigator, form)).status_code == 401


def test_a_form_that_arrives_too_late_becomes_a_draft(okayama: Programme, form: str):
    """Also without JavaScript: the idle end keeps what was typed, and gives it back to the same user alone."""
    client = client_of(okayama.navigator)
    client.get(form)
    expire(client)
    sent = {"held_at": "2023/5/1 10:00", "body": "遅れて届いた", "once": str(uuid4()), "keeps_draft": "1"}
    answer = client.post(form, sent)
    assert answer["Location"].startswith("/login/?next=")
    assert client.get("/").status_code == 302
    back = {"username": okayama.navigator.user.username, "password": "long-enough-password"}
    page = client.post(answer["Location"], back, follow=True)
    assert "遅れて届いた" in page.content.decode()
    other = Client()
    back["username"] = okayama.caseworker.user.username
    page = other.post(answer["Location"], back, follow=True)
    assert "遅れて届いた" not in page.content.decode()
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 0


def test_old_drafts_are_swept_twice_without_harm_and_young_ones_stay(okayama: Programme):
    def add(age: dt.timedelta) -> UUID:
        key = uuid4()
        with working_as(okayama.navigator):
            save_draft(
                user=okayama.navigator.user,
                key=key,
                path="/employers/new/",
                query="",
                text=Text("", {}),
                seen=0,
                writer=uuid4(),
                step=1,
                at=now() - age,
            )
            Submission.objects.create(
                user=okayama.navigator.user, key=uuid4(), digest=b"", location="/", sent_at=now() - age
            )
        return key

    young, middle = add(dt.timedelta(hours=23)), add(dt.timedelta(days=6, hours=23))
    add(dt.timedelta(days=7, minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ittai.user', '', true)")
    for _ in range(2):
        sweep_drafts()
    with working_as(okayama.navigator):
        assert set(Draft.objects.values_list("pk", flat=True)) == {young, middle}
        assert Submission.objects.count() == 1


def test_the_wall_around_drafts(okayama: Programme):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relname IN ('accounts_draft', 'accounts_submission')"
        )
        assert cursor.fetchall() == [(True,), (True,)]
    with scope(organisations=[okayama.hello_work.pk]), pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.create(
            pk=uuid4(), user=okayama.navigator.user, path="/", body=b"", writer=uuid4(), step=1, updated_at=now()
        )


def test_autosave_leaves_no_history(okayama: Programme, form: str):
    def events() -> int:
        models = [model for model in apps.get_models() if model.__name__.endswith("Event")]
        with okayama.everybody():
            return sum(model._default_manager.count() for model in models)

    client = client_of(okayama.navigator)
    client.get("/")
    before = events()
    data = draft_data(okayama.navigator, form)
    for step in range(1, 6):
        save(client, data | {"step": str(step)})
    assert before > 0
    assert events() == before
    with working_as(okayama.navigator):
        assert Draft.objects.get().version == 5
        with pytest.raises(DraftOutdated):
            save_draft(
                user=okayama.navigator.user,
                key=Draft.objects.get().pk,
                path=form,
                query="",
                text=Text("", {}),
                seen=4,
                writer=uuid4(),
                step=1,
                at=now(),
            )


def offers(page: str) -> int:
    return page.count("data-draft-offer")


def test_drafts_that_say_the_same_are_offered_once(okayama: Programme, form: str):
    """The form opened again and again, the same typed again: only when it was opened differs."""
    client = client_of(okayama.navigator)
    for minute in (1, 2, 3):
        opened_at = {"body": ["同じ\n言葉"], "held_at": [f"令和8年11月21日 9:0{minute}"]}
        save(client, draft_data(okayama.navigator, form, values=opened_at))
    page = client.get(form).content.decode()
    assert offers(page) == 1
    assert client.get("/").content.decode().count("?draft=") == 1
    # Another time that was typed, or another word, is another draft.
    save(client, draft_data(okayama.navigator, form, values={"body": ["同じ\n言葉"], "held_at": ["きのう 9時"]}))
    save(client, draft_data(okayama.navigator, form, values={"body": ["同じ言葉。"], "held_at": ["きのう 9時"]}))
    assert offers(client.get(form).content.decode()) == 3
    # On the page that answers a wrong post the same words are in the fields already.
    wrong = {"body": "同じ\r\n言葉", "held_at": "きのう 9時", "once": str(uuid4()), "keeps_draft": "1"}
    assert offers(client.post(form, wrong).content.decode()) == 2


def test_what_was_sent_is_not_offered_again(okayama: Programme, form: str):
    client = client_of(okayama.navigator)
    note = {"held_at": "2023/5/1 10:00", "method": "visit", "body": "話した\r\n内容", "visibility": "shared"}
    typed = {"body": ["話した\n内容"], "held_at": ["2023/5/1 10:00"]}
    first, second = (draft_data(okayama.navigator, form, values=typed) for _ in range(2))
    other = draft_data(okayama.navigator, form, values={"body": ["別の話"], "held_at": ["2023/5/1 10:00"]})
    for data in (first, second, other):
        assert save(client, data).status_code == 200
    sent = note | {"once": first["key"], "keeps_draft": "1"}
    assert client.post(form, sent).status_code == 302
    with working_as(okayama.navigator):
        assert [str(draft.pk) for draft in Draft.objects.all()] == [other["key"]]
