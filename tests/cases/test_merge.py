"""Two registrations of one person become one and can become two again; never across what somebody cannot see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AccessEntry, AccessSubject, Organisation
from cases.actions import circumstance, emergency, intake, merge, oversight, suppression
from cases.enums import FieldGroup
from cases.finding import find
from cases.models import Case, Circumstance, InterpreterNeed, Person, PersonContact, PersonMerge, SearchKey
from core.periods import now, today
from tests import walls
from tests.clients import client_of
from tests.factories import Programme, actor, make_programme, working_as

BIRTH = dt.date(1980, 3, 4)


@pytest.fixture
def two(okayama: Programme) -> tuple[Case, Case]:
    """The same person registered twice, with different writings."""
    kept = okayama.open_case(name="渡邊 健", kana="ワタナベ ケン", birth_on=BIRTH)
    merged = okayama.open_case(
        name="渡辺 建", kana="ワタナベ タツル", birth_on=None, contact={"phone": "090-1111-2222"}, language="英語"
    )
    return kept, merged


def do(programme: Programme, kept: Case, merged: Case, taken=frozenset(), who=None, readers=frozenset()) -> PersonMerge:
    by = who or programme.caseworker
    with working_as(by):
        return merge.merge_persons(
            kept=Person.objects.get(pk=kept.person_id),
            merged=Person.objects.get(pk=merged.person_id),
            taken=frozenset(taken),
            note="本人に確かめた",
            agreed_readers=frozenset(readers),
            by=by,
            at=now(),
        )


def undo(programme: Programme, row: PersonMerge) -> merge.Undone:
    with working_as(programme.caseworker):
        return merge.undo_merge(
            merge=PersonMerge.objects.select_related("kept").get(pk=row.pk), by=programme.caseworker, at=now()
        )


def test_every_foreign_key_to_a_person_is_known():
    """Whatever points at a person must be moved by a merge: a new one has to be thought of here."""
    assert {
        (field.related_model.__name__, field.field.name)
        for field in Person._meta.get_fields(include_hidden=True)
        if field.auto_created and field.is_relation and not field.related_model.__name__.endswith("Event")
    } == {
        ("Case", "person"),  # moves
        ("PersonContact", "person"),  # the merged one's row stays; chosen values are copied
        ("Suppression", "person"),  # none may stand; lifted ones stay where they were
        ("Release", "person"),
        ("InterpreterNeed", "person"),  # copied when the one kept has none
        ("OddReading", "person"),  # stays: it was found about that registration
        ("Person", "merged_into"),
        ("PersonMerge", "kept"),
        ("PersonMerge", "merged"),
        ("NotSame", "person"),  # stays: it was said of that registration; a standing one is in the way of a merge
        ("NotSame", "other"),
    }


def test_cases_move_and_the_chosen_values_stay(okayama: Programme, two):
    kept, merged = two
    row = do(okayama, kept, merged, taken={"phone", "language"})
    with working_as(okayama.caseworker):
        person = Person.objects.get()  # the other row is out of sight
        assert person.pk == kept.person_id
        assert (person.name, person.contact.phone, person.language, person.birth_on) == (
            "渡邊 健",
            "090-1111-2222",
            "英語",
            BIRTH,
        )
        assert set(person.cases.values_list("pk", flat=True)) == {kept.pk, merged.pk}
        assert row.case_ids == [merged.pk]
        ids = okayama.caseworker.organisation_ids
        both = {kept.pk, merged.pk}
        assert set(find(merged.number, ids).kinds) == {merged.pk}  # the old number still finds
        assert set(find("わたなべ たつる", ids).kinds) == both  # and so does the old name
        assert set(find("渡辺建", ids).kinds) == both
        assert set(find("わたなべ けん", ids).kinds) == both
        assert set(find("2222", ids).kinds) == both
        # No contact data in a record that every reader of the person sees.
        assert "phone" not in row.kept_values
        assert "phone" not in row.merged_values
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_personmergeevent")
            assert cursor.fetchone() == (1,)


def test_nothing_is_deleted_and_both_histories_remain(okayama: Programme, two):
    kept, merged = two
    do(okayama, kept, merged)
    for table in ("cases_personmerge", "cases_person", "cases_personmergeevent"):
        with (
            working_as(okayama.caseworker),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


def test_undo_puts_everything_back(okayama: Programme, two):
    kept, merged = two
    row = do(okayama, kept, merged, taken={"name", "language", "birth_on"})
    with working_as(okayama.caseworker):
        assert Person.objects.get().birth_on is None
    done = undo(okayama, row)
    assert done.left == ()
    with working_as(okayama.caseworker):
        assert Person.objects.count() == 2
        one, other = Person.objects.get(pk=kept.person_id), Person.objects.get(pk=merged.person_id)
        assert (one.name, one.language, one.birth_on, one.merged_into) == ("渡邊 健", "", BIRTH, None)
        assert (other.name, other.language, other.merged_into) == ("渡辺 建", "英語", None)
        assert Case.objects.get(pk=merged.pk).person_id == merged.person_id
        ids = okayama.caseworker.organisation_ids
        assert set(find("渡辺建", ids).kinds) == {merged.pk}
        assert set(find("渡邊健", ids).kinds) == {kept.pk}
        stored = PersonMerge.objects.get()
        assert stored.undone_by == okayama.caseworker.user
    with pytest.raises(merge.MergeRefused, match="すでに取り消されています"):
        undo(okayama, row)
    again = do(okayama, kept, merged)  # and may be merged once more
    assert again.pk != row.pk


def test_what_was_changed_since_stays_and_is_named(okayama: Programme, two):
    kept, merged = two
    row = do(okayama, kept, merged, taken={"name", "language", "phone"})
    with working_as(okayama.caseworker):
        Person.objects.filter(pk=kept.person_id).update(language="ベトナム語")
        later = intake.open_case(
            by=okayama.caseworker,
            at=now(),
            holder=okayama.office,
            agreement=okayama.agreement,
            site=None,
            status="livelihood_protection",
            opened_on=dt.date(2023, 6, 1),
            person=Person.objects.get(pk=kept.person_id),
        )
        Case.objects.filter(pk=later.pk).update(created_at=now())
    done = undo(okayama, row)
    assert any("話す言語" in sentence for sentence in done.left)
    assert any("電話番号" in sentence for sentence in done.left)
    assert any(later.number in sentence for sentence in done.left)
    with working_as(okayama.caseworker):
        person = Person.objects.get(pk=kept.person_id)
        assert (person.name, person.language) == ("渡邊 健", "ベトナム語")
        assert Case.objects.get(pk=later.pk).person_id == kept.person_id


def test_a_chain_is_taken_back_from_its_end(okayama: Programme, two):
    kept, merged = two
    third = okayama.open_case(name="渡部 賢", kana="ワタナベ ケン")
    first = do(okayama, kept, merged)
    second = do(okayama, third, kept)
    with working_as(okayama.caseworker):
        assert Person.objects.get().pk == third.person_id
        # The first merge belongs to a registration that is out of sight now.
        assert list(PersonMerge.objects.values_list("pk", flat=True)) == [second.pk]
    undo(okayama, second)
    undo(okayama, first)
    with working_as(okayama.caseworker):
        assert Person.objects.count() == 3


def test_refused_across_municipalities(okayama: Programme, soja: Programme, two):
    theirs = soja.open_case(name="渡邊 健", kana="ワタナベ ケン")
    both = actor("both", okayama.office, Role.CASEWORKER)
    wide = type(both)(user=both.user, membership=both.membership, organisation_ids=(okayama.office.pk, soja.office.pk))
    with pytest.raises(merge.MergeRefused, match="市区町村が違う"):
        do(okayama, two[0], theirs, who=wide)
    with working_as(okayama.caseworker), pytest.raises(Person.DoesNotExist):
        Person.objects.get(pk=theirs.person_id)


def test_refused_when_a_case_of_theirs_is_out_of_sight(okayama: Programme, two):
    kept, merged = two
    other = Organisation.objects.create(kind="welfare_office", name="南福祉", short_name="南", parent=okayama.city)
    worker = actor("south", other, Role.CASEWORKER)
    with working_as(worker):
        intake.open_case(
            by=worker,
            at=now(),
            holder=other,
            agreement=okayama.agreement,
            site=None,
            status="livelihood_protection",
            opened_on=dt.date(2023, 6, 1),
            person=Person(pk=merged.person_id),
        )
    with pytest.raises(merge.MergeRefused, match="見える範囲にないケース"):
        do(okayama, kept, merged)
    # The city's manager sees both offices, and says so about the office that will see more.
    manager = actor("city-manager", okayama.city, Role.MANAGER)
    with pytest.raises(merge.MergeRefused, match="新たに見える"):
        do(okayama, kept, merged, who=manager)
    row = do(okayama, kept, merged, who=manager, readers={other.pk})
    assert len(row.case_ids) == 2


def test_hello_work_that_sees_one_of_them_has_to_be_agreed_to(okayama: Programme):
    kept = okayama.supported(name="渡邊 健", kana="ワタナベ ケン")
    merged = okayama.open_case(name="渡辺 健", kana="ワタナベ ケン")
    with pytest.raises(merge.MergeRefused, match="新たに見える"):
        do(okayama, kept, merged)
    do(okayama, kept, merged, readers={okayama.hello_work.pk})
    with working_as(okayama.navigator):
        assert Case.objects.count() == 1  # the case of the other registration stays closed to them


def test_nobody_sees_more_kinds_of_facts_of_a_case(okayama: Programme):
    """Consent is given case by case: health is told of one case and stays untold of the other."""
    kept = okayama.supported(name="渡邊 健", kana="ワタナベ ケン")
    merged = okayama.supported(name="渡辺 健", kana="ワタナベ ケン")
    with working_as(okayama.caseworker):
        for case in (kept, merged):
            circumstance.write_circumstance(
                case=case, group=FieldGroup.HEALTH, body="通院中", version=0, by=okayama.caseworker, at=now()
            )
        merged.grants.filter(organisation=okayama.hello_work).update(includes_health=False)

    def told() -> set[tuple[object, str]]:
        with working_as(okayama.navigator):
            return set(Circumstance.objects.values_list("case_id", "field_group"))

    before = told()
    assert before == {(kept.pk, "health")}
    do(okayama, kept, merged)  # Hello Work sees both already: nothing to agree to
    assert told() == before


@pytest.mark.parametrize("hidden", [0, 1])
def test_refused_while_either_is_suppressed(okayama: Programme, two, hidden):
    walls.hide(okayama, two[hidden])
    with pytest.raises(merge.MergeRefused, match="支援措置が設定されている"):
        do(okayama, *two)
    client = client_of(okayama.caseworker)
    url = reverse("person_merge", kwargs={"pk": two[0].pk, "other_pk": two[1].pk})
    answer = client.post(url, {"note": "x"}).content.decode()
    assert "支援措置が設定されているため、統合できません" in answer
    assert "090-1111-2222" not in answer
    with working_as(okayama.caseworker):
        assert Person.objects.filter(merged_into__isnull=True).count() == 2


def test_how_an_interpreter_takes_part_goes_along(okayama: Programme, two):
    kept, merged = two
    with working_as(okayama.caseworker):
        InterpreterNeed.objects.create(person=merged.person, manner="phone", note="夜は不可")
    row = do(okayama, kept, merged)
    with working_as(okayama.caseworker):
        need = InterpreterNeed.objects.get(person=kept.person_id)
        assert (need.manner, need.note) == ("phone", "夜は不可")
        row.refresh_from_db()
        assert any("通訳の希望" in sentence for sentence in merge.kept_after_undo(row))


def test_suppressed_after_a_merge_it_cannot_be_taken_back(okayama: Programme, two):
    """The other registration has whereabouts of its own, which no suppression would hide."""
    kept, merged = two
    row = do(okayama, kept, merged)
    walls.hide(okayama, kept)
    with pytest.raises(merge.MergeRefused, match="居所が隠れなくなります"):
        undo(okayama, row)
    with working_as(okayama.caseworker):
        assert not PersonContact.objects.exists()
        assert not SearchKey.objects.filter(kind__in=["phone", "phone_end"]).exists()


def test_a_suppression_set_at_the_same_time_hides_somebody_or_fails(okayama: Programme, two):
    """A page opened before the merge must not suppress the registration that is gone."""
    kept, merged = two
    do(okayama, kept, merged)
    with pytest.raises(suppression.JustMerged):
        walls.hide(okayama, merged)


def test_what_break_glass_shows_is_not_merged(okayama: Programme, soja: Programme, two):
    _kept, merged = two
    other = Organisation.objects.create(kind="welfare_office", name="南福祉", short_name="南", parent=okayama.city)
    worker = actor("south", other, Role.CASEWORKER)
    theirs = soja.open_case(name="渡邊 健", kana="ワタナベ ケン")
    with working_as(worker):
        emergency.break_glass(
            by=worker,
            at=now(),
            on=today(),
            wanted=emergency.Wanted(holder=okayama.office, number=merged.number),
            reason="救急搬送された本人の家族を確かめるため",
        )
        own = intake.open_case(
            by=worker,
            at=now(),
            holder=other,
            agreement=okayama.agreement,
            site=None,
            status="livelihood_protection",
            opened_on=dt.date(2023, 6, 1),
            person_fields={"name": "渡邊 健", "name_kana": "ワタナベ ケン"},
        )
        assert Case.objects.filter(pk=merged.pk).exists()
        assert not Case.objects.filter(pk=theirs.pk).exists()
    with pytest.raises(merge.MergeRefused, match="見える範囲にないケース"):
        do(okayama, own, merged, who=worker, readers={okayama.office.pk, other.pk})


def test_the_contact_of_the_one_that_goes_stays_and_returns(okayama: Programme):
    kept = okayama.open_case(name="渡邊 健", contact={"phone": "086-000-1111", "school": "架空小学校"})
    merged = okayama.open_case(name="渡邊 健", contact={"phone": "090-1111-2222", "family": "母"})
    row = do(okayama, kept, merged, taken={"phone", "family"})
    with working_as(okayama.caseworker):
        contact = PersonContact.objects.get()
        assert (contact.phone, contact.school, contact.family) == ("090-1111-2222", "架空小学校", "母")
        assert contact.version == 2
    undo(okayama, row)
    with working_as(okayama.caseworker):
        back = PersonContact.objects.get(person=merged.person_id)
        assert (back.phone, back.school, back.family) == ("090-1111-2222", "", "母")


def test_two_savers_of_one_contact(okayama: Programme, two):
    """Somebody saved the contact after the merge had read it: nothing is overwritten."""
    kept, _merged = two
    with working_as(okayama.caseworker):
        person = Person.objects.select_related("contact").get(pk=kept.person_id)
        assert person.contact.version == 1
        PersonContact.objects.filter(person=person).update(phone="086-999-0000", version=2)
        with pytest.raises(merge.MergeRefused, match="連絡先を直しました"):
            merge.write_values(person, {"phone": "086-000-1111"})
        assert PersonContact.objects.get(person=person).phone == "086-999-0000"


def test_who_read_either_registration_has_read_this_person(okayama: Programme, two):
    kept, merged = two
    client = client_of(okayama.caseworker)
    assert client.get(reverse("case_detail", kwargs={"pk": merged.pk})).status_code == 200
    do(okayama, kept, merged)
    with working_as(okayama.manager):
        rows = oversight.readers_of(person=kept.person_id, first=today(), last=today())
    assert okayama.caseworker.user.pk in {row.user_id for row in rows}
    assert "case_detail" in {row.route for row in rows}
    with working_as(okayama.navigator):
        assert oversight.readers_of(person=kept.person_id, first=today(), last=today()) == []


def test_a_merge_on_the_screen_is_a_reading_of_the_one_that_went(okayama: Programme, two):
    kept, merged = two
    do(okayama, kept, merged)
    client = client_of(okayama.caseworker)
    assert client.get(reverse("person_alike", kwargs={"pk": kept.pk})).status_code == 200
    with working_as(okayama.manager):
        entry = AccessEntry.objects.filter(route="person_alike").latest("pk")
        assert merged.person_id in set(AccessSubject.objects.filter(entry=entry).values_list("person_id", flat=True))


def test_twice_at_once_only_one_wins(okayama: Programme, two):
    kept, merged = two
    do(okayama, kept, merged)
    with working_as(okayama.caseworker), pytest.raises(merge.MergeRefused):
        merge.merge_persons(
            kept=Person(pk=kept.person_id),
            merged=Person(pk=merged.person_id),
            taken=frozenset(),
            note="もう一度",
            agreed_readers=frozenset(),
            by=okayama.caseworker,
            at=now(),
        )


def test_preview_merge_and_undo_over_http(okayama: Programme, two):
    kept, merged = two
    client = client_of(okayama.caseworker)
    url = reverse("person_merge", kwargs={"pk": kept.pk, "other_pk": merged.pk})
    page = client.get(url).content.decode()
    assert "渡辺 建(統合する登録)" in page
    assert merged.number in page
    refused = client.post(url, {"take_name": "kept"})
    assert refused.status_code == 200
    assert "同じ人と判断した理由を入力してください。" in refused.content.decode()
    answers = dict.fromkeys(("take_name", "take_name_kana", "take_birth_on", "take_phone", "take_language"), "merged")
    assert client.post(url, {**answers, "note": "保険証で確かめた"}).status_code == 302
    alike = client.get(reverse("person_alike", kwargs={"pk": kept.pk})).content.decode()
    assert "統合を取り消す" in alike
    with working_as(okayama.caseworker):
        row = PersonMerge.objects.get()
        assert Person.objects.get().name == "渡辺 建"
    back = reverse("person_merge_undo", kwargs={"pk": merged.pk, "merge_pk": row.pk})
    assert "電話番号は、統合で選んだ内容のまま残ります" in client.get(back).content.decode()
    assert client.post(back).status_code == 302
    with working_as(okayama.caseworker):
        assert Person.objects.count() == 2
    same = reverse("person_merge", kwargs={"pk": kept.pk, "other_pk": kept.pk})
    assert "同じ登録どうしは統合できません" in client.get(same).content.decode()


def test_strangers_get_404(okayama: Programme, two):
    kept, merged = two
    soja = make_programme("soja", 2089)
    client = client_of(soja.caseworker)
    assert client.get(reverse("person_alike", kwargs={"pk": kept.pk})).status_code == 404
    own = soja.open_case()
    url = reverse("person_merge", kwargs={"pk": own.pk, "other_pk": merged.pk})
    assert client.post(url, {"note": "x"}).status_code == 404


def test_a_merge_made_before_a_field_existed_gives_back_nothing_half(okayama: Programme):
    """Whoever says since that the birthday is estimated keeps it; the old record knows of no estimate."""
    case = okayama.open_case(birth_on=BIRTH)
    with working_as(okayama.caseworker):
        Person.objects.filter(pk=case.person_id).update(is_birth_estimated=True)
        row = PersonMerge(
            kept=Person.objects.get(pk=case.person_id),
            at=now(),
            case_ids=[],
            taken=["birth_on"],
            kept_values={"birth_on": None},
            merged_values={"birth_on": BIRTH.isoformat()},
        )
        assert merge.kept_after_undo(row) == ["「生年月日」は統合の後に直されたため、いまの内容のまま残ります。"]
