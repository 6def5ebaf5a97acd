"""Interviews and appointments: one screen, no tabs, keyboard first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.enums import MUNICIPAL_KINDS, Role
from accounts.models import User
from accounts.scope import Actor
from cases.actions.contact import NextAppointment
from cases.enums import ContactMethod, FieldGroup, Visibility
from cases.forms.person import choices
from cases.forms.support import members
from cases.models import Interview
from core.forms import JapaneseDateField, JapaneseDateTimeField, JapaneseForm, VersionedModelForm
from core.periods import now

WORKERS = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR, Role.MANAGER)
INTERVIEW_FIELDS = (
    "held_at",
    "method",
    "has_person",
    "has_municipality",
    "has_hello_work",
    "has_interpreter",
    "other_participants",
    "body",
    "visibility",
    "field_group",
    "homework",
    "homework_due_on",
)


# Headings that a note may begin with; the first is S・O・A・P in words.
HEADINGS = {
    "面談": "【本人の話】\n\n【様子・確かめたこと】\n\n【見立て】\n\n【これからすること】\n",
    "電話": "【用件】\n\n【話したこと】\n\n【決まったこと】\n",
    "訪問・同行": "【行き先・会った人】\n\n【様子】\n\n【話したこと】\n\n【次にすること】\n",
}


class _InterviewFields(forms.Form):
    held_at = JapaneseDateTimeField(label="日時")
    method = forms.ChoiceField(choices=ContactMethod, label="方法")
    body = forms.CharField(
        label="内容",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="個人番号(マイナンバー)や保護費の額は書かないでください。",
    )
    visibility = forms.ChoiceField(choices=Visibility, label="読める人")
    field_group = forms.ChoiceField(label="内容の種類", required=False, choices=[("", "一般"), *FieldGroup.choices])
    homework_due_on = JapaneseDateField(label="宿題の期限", required=False)

    def clean_held_at(self) -> dt.datetime:
        held: dt.datetime = self.cleaned_data["held_at"]
        if held > now():
            raise forms.ValidationError("面談の日時は今までの日時にしてください。これからの面談は予約に入れます。")
        return held

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("homework_due_on") and not cleaned.get("homework"):
            self.add_error("homework", "期限を入れるときは宿題の内容も入力してください。")
        return cleaned


class InterviewForm(_InterviewFields, JapaneseForm):
    """A new note with homework and the next appointment."""

    has_person = forms.BooleanField(label="本人が参加", required=False, initial=True)
    has_municipality = forms.BooleanField(label="市区町村が参加", required=False)
    has_hello_work = forms.BooleanField(label="ハローワークが参加", required=False)
    has_interpreter = forms.BooleanField(label="通訳が参加", required=False)
    other_participants = forms.CharField(label="その他の参加者", max_length=200, required=False)
    source = forms.CharField(
        label="情報の提供元(保護する)",
        max_length=100,
        required=False,
        help_text="自機関だけが見ます。印刷・出力・開示の写しには出ません。",
    )
    homework = forms.CharField(label="宿題", max_length=300, required=False)
    next_at = JapaneseDateTimeField(label="次回の日時", required=False)
    next_worker = forms.ModelChoiceField(User.objects.none(), label="次回会う人", required=False)
    next_place = forms.CharField(label="次回の場所", max_length=100, required=False)
    field_order = (
        "held_at",
        "method",
        "has_person",
        "has_municipality",
        "has_hello_work",
        "has_interpreter",
        "other_participants",
        "body",
        "visibility",
        "field_group",
        "source",
        "homework",
        "homework_due_on",
        "next_at",
        "next_worker",
        "next_place",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "next_worker").queryset = members(actor.organisation_ids, WORKERS)
        self.fields["next_worker"].initial = actor.user
        self.fields["held_at"].initial = now().replace(second=0, microsecond=0)
        city = actor.organisation.kind in MUNICIPAL_KINDS
        self.fields["has_municipality"].initial = city
        self.fields["has_hello_work"].initial = not city

    def interview_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in INTERVIEW_FIELDS}

    def following(self, actor: Actor) -> NextAppointment | None:
        data = self.cleaned_data
        if not data["next_at"]:
            return None
        return NextAppointment(
            starts_at=data["next_at"], worker=data["next_worker"] or actor.user, place=data["next_place"]
        )

    def clean_next_at(self) -> dt.datetime | None:
        starts: dt.datetime | None = self.cleaned_data["next_at"]
        if starts and starts < now():
            raise forms.ValidationError("次回の日時はこれからの日時にしてください。")
        return starts


class InterviewEditForm(_InterviewFields, VersionedModelForm):
    """Correct one's own note."""

    class Meta:
        model = Interview
        fields = INTERVIEW_FIELDS
