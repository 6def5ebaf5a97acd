"""The person who is supported."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.access_log import saw
from accounts.models import Organisation, User
from cases.enums import Sex
from cases.querysets import ContactQuerySet, NotSameQuerySet, PersonMergeQuerySet, PersonQuerySet
from core.db import UUIDModel, VersionedModel
from core.periods import KnownDate

# One thing in three columns: taken, shown and put back together.
BIRTH_FIELDS = ("birth_on", "birth_part", "is_birth_estimated")
CONTACT_FIELDS = ("postal_code", "address", "phone", "email", "contact_note", "school", "route", "family")


@pghistory.track()
class Person(UUIDModel, VersionedModel):
    """A person, seen by whoever sees one of the person's cases.

    Not stored at all: amounts of welfare paid, enquiries to relatives, My Number (domain.md §3).
    """

    organisation = models.ForeignKey(
        Organisation, verbose_name="登録した機関", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("氏名", max_length=100)
    name_kana = models.CharField("フリガナ", max_length=150)
    birth_on = models.DateField("生年月日", null=True, blank=True)
    birth_part = models.CharField(
        "生年月(日が分からないとき)", max_length=7, blank=True, help_text="1980 または 1980-05"
    )
    is_birth_estimated = models.BooleanField("生年月日は推定", default=False)
    birth_note = models.CharField(
        "生年月日の補足", max_length=60, blank=True, help_text="分かった経緯、書類による違いなど"
    )
    sex = models.CharField("性別", max_length=20, choices=Sex, default=Sex.UNANSWERED)
    language = models.CharField("話す言語", max_length=60, blank=True)
    needs_interpreter = models.BooleanField("通訳が必要", default=False)
    merged_into = models.ForeignKey(
        "self",
        verbose_name="統合先",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_people",
    )
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "支援対象者"
        verbose_name_plural = "支援対象者"
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="person_has_name", violation_error_message="氏名を入力してください。"
            ),
            models.CheckConstraint(
                condition=Q(birth_on__isnull=True) | Q(birth_on__gte="1900-01-01"),
                name="person_birth_plausible",
                violation_error_message="生年月日は1900年以降の日にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(birth_on__isnull=True) | Q(birth_part=""),
                name="person_birth_known_once",
                violation_error_message="生年月日が分かるときは、年月だけを重ねて記録できません。",
            ),
            models.CheckConstraint(
                condition=Q(birth_part="") | Q(birth_part__regex=r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$"),
                name="person_birth_part_shape",
                violation_error_message="生年月は1900年以降の年か年月にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(is_birth_estimated=False) | Q(birth_on__isnull=False) | ~Q(birth_part=""),
                name="person_birth_estimate_of_something",
                violation_error_message="推定のときも、分かる年を入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="person_not_merged_into_self",
                violation_error_message="自分自身には統合できません。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Person:
        """Whoever loads a person has read it: the access log is told here, so that no page can forget to."""
        row = super().from_db(db, field_names, values, **options)
        saw(person=row.pk)
        return row

    @property
    def birth(self) -> KnownDate | None:
        """The birthday as far as it is known; `birth_on` alone says whether it is a whole day."""
        return birth_of(self)

    @property
    def shown_contact(self) -> PersonContact | None:
        """Address, phone and the like; None while the suppression hides them from this reader."""
        return getattr(self, "contact", None)

    @property
    def interpreter(self) -> str:
        """'ポルトガル語(同席、女性を希望)' where an interpreter is needed, otherwise empty."""
        if not self.needs_interpreter:
            return ""
        language = self.language or "必要"
        need = getattr(self, "interpreter_need", None)
        if need is None:
            return language
        wishes = [need.get_manner_display(), *([need.get_gender_wish_display()] if need.gender_wish != "any" else [])]
        return f"{language}({'、'.join(wishes)})"


def birth_of(row: Any) -> KnownDate | None:
    """The birthday of a person, of a row of the history, or of what was typed, as far as it is known."""
    if row.birth_on is not None:
        return KnownDate.of(row.birth_on, is_estimated=row.is_birth_estimated)
    return KnownDate.from_part(row.birth_part, is_estimated=row.is_birth_estimated) if row.birth_part else None


@pghistory.track()
class PersonContact(VersionedModel):
    """Where a person can be found. The database hides the whole row while a suppression stands (支援措置).

    Written with the person, so that a missing row always means "hidden" and never "not asked yet".
    """

    person = models.OneToOneField(
        Person, verbose_name="支援対象者", on_delete=models.PROTECT, related_name="contact", primary_key=True
    )
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    address = models.CharField("住所", max_length=300, blank=True)
    phone = models.CharField("電話番号", max_length=30, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    contact_note = models.CharField("連絡の可否・時間帯", max_length=200, blank=True)
    school = models.CharField("学校・保育所", max_length=200, blank=True, help_text="本人や子の通う先")
    route = models.CharField("通う経路", max_length=200, blank=True)
    family = models.CharField("家族・緊急連絡先", max_length=300, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "連絡先"
        verbose_name_plural = "連絡先"

    def __str__(self) -> str:
        return "連絡先"


@pghistory.track()
class PersonMerge(UUIDModel):
    """Two registrations turned out to be one person; says what was moved, so that it can be taken back.

    `merged` keeps its row but has no case any more, so nobody sees it through the wall; what the
    screens and an undo need of it stands in `merged_values`. Contact data stands in neither.
    """

    kept = models.ForeignKey(Person, verbose_name="残した登録", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Person, verbose_name="統合した登録", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name="統合した機関", on_delete=models.PROTECT, related_name="+"
    )
    case_ids = ArrayField(models.UUIDField(), verbose_name="移したケース")
    taken = ArrayField(models.CharField(max_length=40), verbose_name="統合した登録から採った項目", default=list)
    kept_values = models.JSONField("残した登録の統合前の内容", encoder=DjangoJSONEncoder)
    merged_values = models.JSONField("統合した登録の内容", encoder=DjangoJSONEncoder)
    note = models.CharField("統合の理由", max_length=200)
    by = models.ForeignKey(User, verbose_name="統合した人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("統合日時")
    undone_by = models.ForeignKey(
        User, verbose_name="取り消した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField("取消日時", null=True, blank=True)

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        verbose_name = "登録の統合"
        verbose_name_plural = "登録の統合"
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at__isnull=True), name="person_merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="person_merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="person_merge_undo_complete",
            ),
        ]
        indexes = [models.Index(fields=["kept"], name="person_merge_by_kept")]

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> PersonMerge:
        """The row tells of the registration that went: whoever loads it has read that, too."""
        row = super().from_db(db, field_names, values, **options)
        saw(person=row.merged_id)
        return row

    def __str__(self) -> str:
        return f"{self.merged_values['name']} → {self.kept_values['name']}"


@pghistory.track()
class NotSame(UUIDModel):
    """Two registrations that look alike are two people; seen by whoever sees both.

    The pair stands in the order of the keys, so that it is said once. `lapsed_at` is set by the database
    (migration 0019) when name, reading, birthday or phone of either changes: then it has to be looked at again.
    No such fact stands here, so that nothing hidden can be read from the row.
    """

    person = models.ForeignKey(Person, verbose_name="登録", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, verbose_name="別人の登録", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name="確認した機関", on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("別人と確認した理由", max_length=200)
    by = models.ForeignKey(User, verbose_name="確認した人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("確認日時")
    undone_by = models.ForeignKey(
        User, verbose_name="取り消した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField("取消日時", null=True, blank=True)
    lapsed_at = models.DateTimeField("登録が直されて効力が切れた日時", null=True, blank=True)

    objects = NotSameQuerySet.as_manager()

    class Meta:
        verbose_name = "別人の確認"
        verbose_name_plural = "別人の確認"
        constraints = [
            models.CheckConstraint(condition=Q(person__lt=F("other")), name="not_same_in_order"),
            models.CheckConstraint(condition=~Q(note=""), name="not_same_has_note"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="not_same_undo_complete",
            ),
            models.UniqueConstraint(
                fields=["person", "other"],
                condition=Q(undone_at__isnull=True, lapsed_at__isnull=True),
                name="not_same_said_once",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(name="not_same_as_said", fields=["person", "other", "organisation", "note", "by", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
