"""The person who is supported."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from cases.enums import Sex
from cases.querysets import ContactQuerySet, PersonQuerySet
from core.db import UUIDModel, VersionedModel


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
    birth_note = models.CharField("生年月日の補足", max_length=60, blank=True, help_text="年のみ分かる、推定など")
    sex = models.CharField("性別", max_length=20, choices=Sex, default=Sex.UNANSWERED)
    language = models.CharField("話す言語", max_length=60, blank=True)
    needs_interpreter = models.BooleanField("通訳が必要", default=False)
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
        ]

    def __str__(self) -> str:
        return self.name

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
