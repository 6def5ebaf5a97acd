"""Two registrations of one person become one, and can become two again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from accounts.enums import MUNICIPAL_KINDS
from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions.intake import reindex_person
from cases.actions.moves import CaseError
from cases.actions.suppression import standing
from cases.models import Case, Grant, InterpreterNeed, NotSame, Person, PersonContact, PersonMerge
from cases.models.person import BIRTH_FIELDS, CONTACT_FIELDS

# What is chosen field by field; the rest of a person is not a matter of choice.
MERGED_FIELDS = (
    "name",
    "name_kana",
    *BIRTH_FIELDS,
    "birth_note",
    "sex",
    *CONTACT_FIELDS,
    "language",
    "needs_interpreter",
)

# How an interpreter takes part goes along when the one kept says nothing of it.
NEED_FIELDS = ("manner", "gender_wish", "sheet_language", "note")
COPIED_NEED = "interpreter_need"


class MergeRefused(CaseError):
    """These two cannot be merged (or no longer be separated); the message says why."""


@dataclass(frozen=True)
class Undone:
    """What taking a merge back did, and what stayed because it was changed since."""

    person: Person
    left: tuple[str, ...]


def field_of(name: str) -> Any:
    """The model field behind a name of MERGED_FIELDS; contact fields are found here too."""
    model = PersonContact if name in CONTACT_FIELDS else Person
    return model._meta.get_field(name)


def values_of(person: Person) -> dict[str, Any]:
    """The fields of a person that a merge chooses among; without contact while a suppression hides it."""
    contact = person.shown_contact
    own = {name: getattr(person, name) for name in MERGED_FIELDS if name not in CONTACT_FIELDS}
    return own if contact is None else {**own, **{name: getattr(contact, name) for name in CONTACT_FIELDS}}


def write_values(person: Person, values: Mapping[str, Any]) -> None:
    """Put these values on the person and the contact; the version of what changes moves on."""
    current = values_of(person)
    changed = {name: value for name, value in values.items() if value != current[name]}
    own = {name: value for name, value in changed.items() if name not in CONTACT_FIELDS}
    contact = {name: value for name, value in changed.items() if name in CONTACT_FIELDS}
    people = Person.objects.filter(pk=person.pk, version=person.version)
    if own and not people.update(version=person.version + 1, **own):
        raise MergeRefused("ほかの人が先に基本情報を直しました。画面を開き直して、内容を確かめてください。")
    if contact:
        seen = person.contact.version
        if not PersonContact.objects.filter(person=person, version=seen).update(version=seen + 1, **contact):
            raise MergeRefused("ほかの人が先に連絡先を直しました。画面を開き直して、内容を確かめてください。")
    person.refresh_from_db()


def _kept_in_record(values: Mapping[str, Any]) -> dict[str, Any]:
    # Contact data stays where only those who may see it do: the record of a merge is seen by all readers.
    return {name: value for name, value in values.items() if name not in CONTACT_FIELDS}


def check_mergeable(*, kept: Person, merged: Person) -> None:
    """Raises MergeRefused unless both are of one municipality and the actor sees all that would move."""
    if kept.pk == merged.pk:
        raise MergeRefused("同じ登録どうしは統合できません。")
    if _municipality_of(kept.organisation) != _municipality_of(merged.organisation):
        raise MergeRefused("登録した市区町村が違うため、統合できません。")
    if NotSame.objects.standing().about(kept.pk).about(merged.pk).exists():
        raise MergeRefused(
            "別人と確認した記録があるため、統合できません。同じ人のときは、先にその確認を取り消してください。"
        )
    for person in (kept, merged):
        if person.merged_into_id:
            raise MergeRefused("すでに別の登録へ統合されています。画面を開き直してください。")
        if standing(person.pk):
            raise MergeRefused(
                f"{person.name}さんには支援措置が設定されているため、統合できません。"
                "統合すると居所を知る人が増えるおそれがあります。措置が解除された後に統合してください。"
            )
        with connection.cursor() as cursor:
            cursor.execute("SELECT ittai_has_hidden_case(%s)", [person.pk])
            (is_hidden,) = cursor.fetchone()
        if is_hidden:
            raise MergeRefused(
                f"{person.name}さんには、あなたの見える範囲にないケースがあるため統合できません。"
                "ケースの担当機関どうしで相談してください。"
            )


def _municipality_of(organisation: Organisation) -> int:
    """The topmost municipal organisation above, or the organisation itself."""
    above = Organisation.objects.filter(
        pk__in=Organisation.objects.ancestor_ids(organisation.pk), kind__in=MUNICIPAL_KINDS
    )
    parents = dict(above.values_list("pk", "parent"))
    tops = [pk for pk, parent in parents.items() if parent not in parents]
    return tops[0] if tops else organisation.pk


def newly_seeing(*, kept: Person, merged: Person) -> list[Organisation]:
    """Organisations that see only one of the two now and would see the one person afterwards."""
    more: set[int] = set()
    one, other = (Grant.objects.filter(case__person=person).open_now() for person in (kept, merged))
    # A partner sees the person, not the case: who is a partner of one and sees the other's case sees more, too.
    for first, second in ((one, other), (one.opening(), other.opening())):
        more |= set(first.values_list("organisation", flat=True)) ^ set(second.values_list("organisation", flat=True))
    return list(Organisation.objects.filter(pk__in=more).order_by("pk"))


@transaction.atomic
def merge_persons(
    *,
    kept: Person,
    merged: Person,
    taken: frozenset[str],
    note: str,
    agreed_readers: frozenset[int],
    by: Actor,
    at: dt.datetime,
) -> PersonMerge:
    """All cases of `merged` go to `kept`; the fields named in `taken` come from `merged`.

    `agreed_readers` are the organisations that the actor knows to see more from now on. Raises MergeRefused.
    """
    people = Person.objects.visible_to(by).filter(pk__in=[kept.pk, merged.pk]).select_related("contact").order_by("pk")
    locked = {person.pk: person for person in people.select_for_update(of=("self",), no_key=True)}
    if len(locked) != 2:
        raise MergeRefused("統合する登録が見つかりません。画面を開き直してください。")
    kept, merged = locked[kept.pk], locked[merged.pk]
    check_mergeable(kept=kept, merged=merged)
    if not {row.pk for row in newly_seeing(kept=kept, merged=merged)} <= agreed_readers:
        raise MergeRefused("統合すると新たに見えるようになる機関があります。一覧を確かめ、チェックを付けてください。")
    before, other = values_of(kept), values_of(merged)
    if "birth_on" in taken:
        taken |= set(BIRTH_FIELDS)
    result = {**before, **{name: other[name] for name in MERGED_FIELDS if name in taken}}
    # The row goes out of sight with its last case: mark it first.
    Person.objects.filter(pk=merged.pk, merged_into__isnull=True).update(merged_into=kept, version=merged.version + 1)
    need = _need_of(merged)
    case_ids = list(Case.objects.filter(person=merged).order_by("pk").values_list("pk", flat=True))
    if Case.objects.filter(pk__in=case_ids, person=merged).update(person=kept) != len(case_ids) or not case_ids:
        raise MergeRefused("ほかの人が先にケースを移しました。画面を開き直してください。")
    takes_need = need is not None and _need_of(kept) is None
    merge = PersonMerge.objects.create(
        kept=kept,
        merged=merged,
        organisation=by.organisation,
        case_ids=case_ids,
        taken=sorted(taken & set(MERGED_FIELDS)),
        kept_values=_kept_in_record(before),
        merged_values=_kept_in_record(other) | ({COPIED_NEED: True} if takes_need else {}),
        note=note,
        by=by.user,
        at=at,
    )
    write_values(kept, result)
    if need is not None and takes_need:
        InterpreterNeed.objects.create(person=kept, **{name: getattr(need, name) for name in NEED_FIELDS})
    reindex_person(person=kept, at=at)
    return merge


def _need_of(person: Person) -> InterpreterNeed | None:
    found: InterpreterNeed | None = InterpreterNeed.objects.filter(person=person).first()
    return found


def _same(one: Any, stored: Any) -> bool:
    """Whether a value is the one that JSON kept."""
    plain = DjangoJSONEncoder().default(one) if isinstance(one, dt.date) else one
    return bool(plain == stored)


def cannot_undo(merge: PersonMerge) -> str:
    """Why a merge cannot be taken back any more; empty when it can."""
    if merge.undone_at is not None:
        return "この統合は、すでに取り消されています。"
    if standing(merge.kept_id):
        return "支援措置が設定されているため、取り消せません。元の登録に戻すと、その登録の居所が隠れなくなります。"
    if merge.kept.merged_into_id:
        return "残した登録が、その後さらに別の登録へ統合されています。先にその統合を取り消してください。"
    if Case.objects.filter(pk__in=merge.case_ids, person_id=merge.kept_id).count() != len(merge.case_ids):
        return "移したケースの一部が、その後ほかの登録へ移されたか、見える範囲にありません。"
    return ""


def _to_put_back(merge: PersonMerge) -> tuple[dict[str, Any], list[str]]:
    """(values that return to the kept person, fields that stay because they were changed since)."""
    current = values_of(merge.kept)
    back: dict[str, Any] = {}
    left: list[str] = []
    for name in merge.taken:
        if name in CONTACT_FIELDS or name in BIRTH_FIELDS[1:]:
            continue
        group = BIRTH_FIELDS if name == "birth_on" else (name,)
        if all(_same(_then(merge.kept_values, one), _then(merge.merged_values, one)) for one in group):
            continue
        if all(_same(current[one], _then(merge.merged_values, one)) for one in group):
            back |= {one: field_of(one).to_python(_then(merge.kept_values, one)) for one in group}
        else:
            left.append(name)
    return back, left


def _then(values: dict[str, Any], name: str) -> Any:
    """What stood there; a merge made before a field existed knows of its empty value only."""
    return values.get(name, field_of(name).get_default())


def kept_after_undo(merge: PersonMerge) -> list[str]:
    """What an undo leaves as it is: sentences for the screen."""
    _back, left = _to_put_back(merge)
    sentences = [
        f"「{field_of(name).verbose_name}」は統合の後に直されたため、いまの内容のまま残ります。" for name in left
    ]
    contact = [str(field_of(name).verbose_name) for name in merge.taken if name in CONTACT_FIELDS]
    if contact:
        sentences.append(
            f"残した登録の{'・'.join(contact)}は、統合で選んだ内容のまま残ります。必要なら直してください。"
        )
    if COPIED_NEED in merge.merged_values:
        sentences.append("通訳の希望は、統合で写した内容が残した登録に残ります。必要なら直してください。")
    later = Case.objects.filter(person_id=merge.kept_id, created_at__gt=merge.at).exclude(pk__in=merge.case_ids)
    sentences += [
        f"ケース{case.number}は統合の後に開かれたため、残した登録に残ります。" for case in later.order_by("pk")
    ]
    return sentences


@transaction.atomic
def undo_merge(*, merge: PersonMerge, by: Actor, at: dt.datetime) -> Undone:
    """The cases go back to their own registration, with the values it had. Raises MergeRefused."""
    visible = Person.objects.visible_to(by).select_related("contact")
    kept = visible.select_for_update(of=("self",), no_key=True).get(pk=merge.kept_id)
    merge.kept = kept
    reason = cannot_undo(merge)
    if reason:
        raise MergeRefused(reason)
    left = kept_after_undo(merge)
    back, _left = _to_put_back(merge)
    if not PersonMerge.objects.standing().filter(pk=merge.pk).update(undone_at=at, undone_by=by.user):
        raise MergeRefused("この統合は、すでに取り消されています。")
    moved = Case.objects.filter(pk__in=merge.case_ids, person=kept).update(person_id=merge.merged_id)
    if moved != len(merge.case_ids):
        raise MergeRefused("移したケースの一部を戻せません。画面を開き直してください。")
    # Through its cases the row is in sight again.
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=merge.merged_id)
    Person.objects.filter(pk=person.pk).update(merged_into=None, version=person.version + 1)
    person.refresh_from_db()
    write_values(kept, back)
    reindex_person(person=kept, at=at)
    reindex_person(person=person, at=at)
    return Undone(person, tuple(left))
