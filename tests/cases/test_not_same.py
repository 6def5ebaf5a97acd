"""Two registrations that look alike and are two people: said once, not shown again, until the facts change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.enums import AccessAct
from accounts.models import AccessEntry, Organisation
from cases.actions import intake, merge, not_same, suppression
from cases.duplicates import Alike, Sought, alike
from cases.models import Case, NotSame, Person, PersonContact
from core.db import scope
from core.periods import now, today
from tests.clients import client_of
from tests.factories import Programme, working_as

PHONE = "090-1111-2222"


@pytest.fixture
def two(okayama: Programme) -> tuple[Case, Case]:
    """A father and a son at one telephone, with one reading."""
    father = okayama.open_case(name="双葉 一", kana="フタバ ハジメ", birth_on=None, contact={"phone": PHONE})
    son = okayama.open_case(name="双葉 肇", kana="フタバ ハジメ", birth_on=None, contact={"phone": PHONE})
    return father, son


def found(programme: Programme, case: Case) -> list[Alike]:
    with working_as(programme.caseworker):
        person = Person.objects.select_related("contact").get(pk=case.person_id)
        return alike(Sought.of(person), programme.caseworker, other_than=person.pk, with_weak=True)


def say(programme: Programme, one: Case, other: Case) -> NotSame:
    with working_as(programme.caseworker):
        return not_same.say_not_same(
            one=one.person, other=other.person, note="父と子。本人に確かめた", by=programme.caseworker, at=now()
        )


def test_said_on_the_screen_it_is_shown_no_more_on_either_side(okayama: Programme, two):
    father, son = two
    client = client_of(okayama.caseworker)
    page = reverse("person_alike", kwargs={"pk": father.pk})
    url = reverse("person_not_same", kwargs={"pk": father.pk, "other_pk": son.pk})
    assert url in client.get(page).content.decode()
    detail = reverse("case_detail", kwargs={"pk": son.pk})
    assert "同じ人かもしれない登録があります" in client.get(detail).content.decode()
    refused = client.post(url, {"note": " "})
    assert "別人と確認した理由を入力してください" in refused.content.decode()
    assert client.post(url, {"note": "父と子。本人に確かめた"})["Location"] == page
    assert found(okayama, father) == found(okayama, son) == []
    assert "同じ人かもしれない登録があります" not in client.get(detail).content.decode()
    shown = client.get(page).content.decode()
    assert "父と子。本人に確かめた" in shown
    assert okayama.caseworker.user.name in shown
    again = client.post(url, {"note": "もう一度"})
    assert "すでに別人と確認されています" in again.content.decode()
    with working_as(okayama.manager):
        entry = AccessEntry.objects.filter(route="person_not_same", act=AccessAct.CHANGE).get()
        assert set(entry.subjects.values_list("person_id", flat=True)) == {father.person_id, son.person_id}
    # Somebody who registers the same facts anew is still asked.
    with working_as(okayama.caseworker):
        assert len(alike(Sought("双葉 一", "フタバ ハジメ", None, PHONE), okayama.caseworker, with_weak=True)) == 2


def test_taken_back_they_are_alike_again(okayama: Programme, two):
    father, son = two
    row = say(okayama, son, father)
    client = client_of(okayama.caseworker)
    undo = reverse("person_not_same_undo", kwargs={"pk": son.pk, "row_pk": row.pk})
    assert client.get(undo).status_code == 405
    assert client.post(undo).status_code == 302
    assert len(found(okayama, father)) == len(found(okayama, son)) == 1
    with working_as(okayama.caseworker):
        row.refresh_from_db()
        assert row.undone_by == okayama.caseworker.user
        with pytest.raises(not_same.SaidNoMore):
            not_same.take_back_not_same(row=row, by=okayama.caseworker, at=now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pgh_label FROM cases_notsameevent ORDER BY pgh_id")
            assert [label for (label,) in cursor.fetchall()] == ["insert", "update"]
    say(okayama, father, son)  # and may be said again
    assert found(okayama, father) == []


@pytest.mark.parametrize(
    ("model", "field", "value", "lapses"),
    [
        (Person, "name", "双葉 肇吉", True),
        (Person, "name_kana", "フタバ ハジメキチ", True),
        (Person, "birth_on", "1980-03-04", True),
        (PersonContact, "phone", "086-000-0000", True),
        (Person, "language", "英語", False),
        (PersonContact, "address", "別の町", False),
    ],
)
def test_it_lapses_when_what_was_compared_changes(okayama: Programme, two, model, field: str, value: str, lapses: bool):
    father, son = two
    row = say(okayama, father, son)
    with working_as(okayama.caseworker):
        model.objects.filter(pk=son.person_id).update(**{field: getattr(model.objects.get(pk=son.person_id), field)})
        row.refresh_from_db()
        assert row.lapsed_at is None  # saved without a change
        model.objects.filter(pk=son.person_id).update(**{field: value})
        intake.reindex_person(person=Person.objects.get(pk=son.person_id), at=now())
        row.refresh_from_db()
        assert (row.lapsed_at is not None) == lapses
    if lapses and field in ("name", "birth_on"):
        assert len(found(okayama, father)) == 1
        page = client_of(okayama.caseworker).get(reverse("person_alike", kwargs={"pk": father.pk}))
        assert "登録が直されたため効力が切れました" in page.content.decode()


def test_whoever_sees_one_of_them_alone_sees_nothing_and_lets_it_lapse(okayama: Programme, two):
    father, son = two
    row = say(okayama, father, son)
    okayama.send(father, today())
    with working_as(okayama.navigator):
        assert Person.objects.count() == 1
        assert not NotSame.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_notsameevent")
            assert cursor.fetchone() == (0,)
        # The wall also refuses a row about somebody unseen.
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            first, second = sorted((father.person_id, son.person_id))
            NotSame.objects.create(
                person_id=first,
                other_id=second,
                organisation=okayama.hello_work,
                note="見えない",
                by=okayama.navigator.user,
                at=now(),
            )
        Person.objects.filter(pk=father.person_id).update(name="双葉 はじめ")
    with working_as(okayama.caseworker):
        row.refresh_from_db()
        assert row.lapsed_at is not None
    with scope(organisations=[]):
        assert not NotSame.objects.exists()


def test_what_was_said_is_not_rewritten(okayama: Programme, two):
    father, son = two
    row = say(okayama, father, son)
    with working_as(okayama.caseworker):
        for change in ({"note": "書き換え"}, {"by": okayama.manager.user}, {"other": row.person}):
            with pytest.raises(DatabaseError), transaction.atomic():
                NotSame.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            NotSame.objects.filter(pk=row.pk).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            NotSame.objects.filter(pk=row.pk).update(undone_at=now())
        with pytest.raises(not_same.SameRegistration):
            not_same.say_not_same(one=father.person, other=father.person, note="x", by=okayama.caseworker, at=now())


def test_two_people_are_not_merged_until_it_is_taken_back(okayama: Programme, two):
    father, son = two
    row = say(okayama, father, son)
    with working_as(okayama.caseworker):
        pair = {"kept": father.person, "merged": son.person}
        with pytest.raises(merge.MergeRefused, match="別人と確認した記録"):
            merge.check_mergeable(**pair)
        not_same.take_back_not_same(row=row, by=okayama.caseworker, at=now())
        merge.check_mergeable(**pair)


def test_the_reason_names_no_hidden_place(okayama: Programme, two):
    father, son = two
    with working_as(okayama.caseworker):
        PersonContact.objects.filter(pk=son.person_id).update(address="岡山市北区秘密町1-2")
        suppression.suppress(person=son.person, by=okayama.caseworker, at=now(), reason="決定", valid_to=today())
    url = reverse("person_not_same", kwargs={"pk": father.pk, "other_pk": son.pk})
    answer = client_of(okayama.caseworker).post(url, {"note": "岡山市北区秘密町1-2に住む人とは別"})
    assert answer.status_code == 200
    with working_as(okayama.caseworker):
        assert not NotSame.objects.exists()


def test_the_operator_is_nobodys_partner(okayama: Programme):
    """Who looks after the system is offered neither for a referral nor as a recipient of a consent."""
    Organisation.objects.create(kind="operator", name="運用担当の会社", short_name="運用")
    case = okayama.active()
    client = client_of(okayama.caseworker)
    for name in ("referral_new", "consent_new"):
        page = client.get(reverse(name, kwargs={"pk": case.pk}))
        assert page.status_code == 200
        assert "運用担当の会社" not in page.content.decode()
