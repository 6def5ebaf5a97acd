"""Paper that is an office's own or goes to others: form layouts (様式) and success stories (就職成功例)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from agreements.models import Agreement
from cases.enums import STORY_TRANSITIONS, FormKind, Sex, StoryStatus
from cases.models.case import Case
from cases.querysets import FormTemplateQuerySet, SuccessStoryQuerySet
from core.db import UUIDModel, VersionedModel


@pghistory.track()
class FormTemplate(UUIDModel):
    """An office's own layout of a printed form. Written once; a change is a new version.

    An empty `body` means: back to the standard layout. Holds no personal data: the placeholders do not know anybody.
    """

    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("様式", max_length=20, choices=FormKind)
    version_number = models.PositiveSmallIntegerField("第何版")
    body = models.TextField("内容(HTML)", blank=True)
    valid_from = models.DateField("使い始める日")
    note = models.CharField("変えた理由", max_length=200)
    created_by = models.ForeignKey(User, verbose_name="登録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = FormTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "様式"
        verbose_name_plural = "様式"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "version_number"],
                name="form_template_version_once",
                violation_error_message="ほかの人が先に新しい版を登録しました。画面を開き直して確かめてください。",
            ),
            models.CheckConstraint(condition=Q(kind__in=FormKind.values), name="form_template_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} 第{self.version_number}版"


@pghistory.track()
class SuccessStory(UUIDModel, VersionedModel):
    """An anonymous story in the five published parts. Read by its organisation, and by all under the agreement
    once another person of the organisation has reviewed it (domain_reference.md (h) 15).

    No name, kana, address, phone, employer nor exact day: checked on writing and again on sharing.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name="書いた機関", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField("見出し", max_length=100)
    age_band = models.CharField("年代", max_length=20, blank=True)
    sex = models.CharField("性別", max_length=20, choices=Sex, default=Sex.UNANSWERED)
    group = models.CharField("対象区分", max_length=100, blank=True)
    desired_job = models.CharField("希望職種", max_length=100, blank=True)
    support_months = models.PositiveSmallIntegerField("支援期間(月)", null=True, blank=True)
    application_count = models.PositiveSmallIntegerField("応募社数", null=True, blank=True)
    challenges = models.TextField("① 課題")
    support = models.TextField("② 支援内容・ポイント・経過")
    result = models.TextField("③ 結果")
    worker_comment = models.TextField("④ 担当者所感", blank=True)
    person_comment = models.TextField("⑤ 本人コメント", blank=True)
    status = models.CharField("状態", max_length=20, choices=StoryStatus, default=StoryStatus.WAITING)
    written_by = models.ForeignKey(User, verbose_name="書いた人", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField("書いた日時")
    reviewed_by = models.ForeignKey(
        User, verbose_name="確かめた人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField("確かめた日時", null=True, blank=True)
    review_note = models.CharField("確かめた人から", max_length=300, blank=True)

    objects = SuccessStoryQuerySet.as_manager()

    class Meta:
        verbose_name = "就職成功例"
        verbose_name_plural = "就職成功例"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation"],
                name="success_story_once",
                violation_error_message="このケースの成功例はすでにあります。",
            ),
            models.CheckConstraint(condition=Q(status__in=StoryStatus.values), name="success_story_status_known"),
            models.CheckConstraint(
                condition=Q(status=StoryStatus.WAITING, reviewed_at__isnull=True, reviewed_by__isnull=True)
                | (~Q(status=StoryStatus.WAITING) & Q(reviewed_at__isnull=False) & Q(reviewed_by__isnull=False)),
                name="success_story_review_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status=StoryStatus.SHARED) | ~Q(reviewed_by=models.F("written_by")),
                name="success_story_by_two_people",
                violation_error_message="書いた本人は共有を決められません。ほかの管理者が確かめてください。",
            ),
        ]
        indexes = [models.Index(fields=["agreement", "status", "-reviewed_at"], name="success_story_list")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="success_story_moves_by_table",
                field="status",
                transitions=sorted((old.value, new.value) for old, news in STORY_TRANSITIONS.items() for new in news),
            ),
        ]

    def __str__(self) -> str:
        return self.title
