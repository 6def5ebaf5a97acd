"""Meetings: when and with whom, who comes, what was decided."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS, OrganisationKind, Role
from accounts.models import Organisation, User
from accounts.scope import Actor, covered_ids
from agreements.models import Agreement, Site
from cases.actions.meeting import TaskLine
from cases.enums import ItemState, MeetingKind, MeetingRepeat
from cases.forms.person import choices
from cases.forms.support import members
from cases.models import CaseMeeting, MeetingItem
from core.forms import JapaneseDateField, JapaneseDateTimeField, JapaneseForm, NumberField, speak_japanese

AT_THE_TABLE = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR, Role.MANAGER)
MEETING_FIELDS = (
    "kind", "agreement", "site", "organisation", "counterpart", "starts_at", "minutes", "place", "chair", "repeats",
)  # fmt: skip
CHANGING_FIELDS = ("starts_at", "minutes", "place", "chair", "repeats")


class _MeetingFields(forms.Form):
    starts_at = JapaneseDateTimeField(label="日時")
    minutes = NumberField(label="所要時間(分)", initial=30, min_value=5, max_value=480)
    place = forms.CharField(label="場所", max_length=100, required=False)
    chair = forms.ModelChoiceField(User.objects.none(), label="司会")
    repeats = forms.ChoiceField(label="繰り返し", choices=MeetingRepeat)


class MeetingForm(_MeetingFields, JapaneseForm):
    """A new meeting of my side with the other side of the agreement."""

    kind = forms.ChoiceField(label="会議の種類", choices=MeetingKind)
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label="協定")
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="主催する機関")
    counterpart = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="いっしょに開く機関",
        help_text="議題は、主催する機関とこの機関の両方に見えるケースから集まります。",
    )
    site = forms.ModelChoiceField(Site.objects.none(), label="窓口", required=False)
    field_order = MEETING_FIELDS

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreements = Agreement.objects.visible_to(actor).order_by("name")
        other = NATIONAL_KINDS if actor.organisation.kind in MUNICIPAL_KINDS else MUNICIPAL_KINDS
        taking_part = {pk for agreement in agreements for pk in Agreement.objects.organisation_ids(agreement)}
        others = Organisation.objects.active().filter(pk__in=taking_part, kind__in=other)
        others = others.exclude(kind=OrganisationKind.LABOUR_BUREAU).exclude(pk__in=actor.organisation_ids)
        choices(self, "agreement").queryset = agreements
        choices(self, "agreement").initial = agreements.first()
        choices(self, "organisation").queryset = Organisation.objects.filter(pk__in=actor.organisation_ids).order_by(
            "pk"
        )
        choices(self, "organisation").initial = actor.organisation
        choices(self, "counterpart").queryset = others.order_by("pk")
        choices(self, "site").queryset = Site.objects.filter(agreements__in=agreements).distinct().order_by("pk")
        choices(self, "chair").queryset = members(actor.organisation_ids, AT_THE_TABLE)
        choices(self, "chair").initial = actor.user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        agreement = cleaned.get("agreement")
        if agreement is None:
            return cleaned
        site, counterpart = cleaned.get("site"), cleaned.get("counterpart")
        if site and not agreement.sites.filter(pk=site.pk).exists():
            self.add_error("site", "この窓口は選んだ協定のものではありません。窓口か協定を選び直してください。")
        if counterpart and counterpart.pk not in Agreement.objects.organisation_ids(agreement):
            self.add_error("counterpart", "この機関は選んだ協定に加わっていません。機関か協定を選び直してください。")
        return cleaned

    def meeting_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in MEETING_FIELDS}


def people_of(meeting: CaseMeeting) -> Any:
    """Users of both sides."""
    ids = {*covered_ids(meeting.organisation), *covered_ids(meeting.counterpart)}
    return members(ids, AT_THE_TABLE)


class MeetingEditForm(_MeetingFields, JapaneseForm):
    """Another time, place or chair."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)

    def __init__(self, *args: Any, meeting: CaseMeeting, **kwargs: Any) -> None:
        initial = {name: getattr(meeting, name) for name in (*CHANGING_FIELDS, "version")}
        super().__init__(*args, initial=initial, **kwargs)
        choices(self, "chair").queryset = people_of(meeting) | User.objects.filter(pk=meeting.chair_id)

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CHANGING_FIELDS}


class PeopleForm(JapaneseForm):
    """Who comes: users of both sides, organisations that are invited, somebody from outside."""

    users = forms.ModelMultipleChoiceField(
        User.objects.none(), label="参加する利用者", required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="招く機関",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="招いた機関の人は会議の画面を開けますが、自分の機関に見えるケースの議題だけが表示されます。",
    )
    outsider_name = forms.CharField(label="部外の方の氏名", max_length=100, required=False)
    outsider_body = forms.CharField(
        label="部外の方の所属", max_length=100, required=False, help_text="例: 地区の民生委員。ケースは見られません。"
    )

    def __init__(self, *args: Any, meeting: CaseMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guests = meeting.guests.values_list("organisation", flat=True)
        there = meeting.participants.filter(user__isnull=False).values("user")
        sides = [*covered_ids(meeting.organisation), *covered_ids(meeting.counterpart)]
        choices(self, "users").queryset = members([*sides, *guests], AT_THE_TABLE).exclude(pk__in=there)
        taking_part = meeting.agreement.participants.exclude(pk__in=[meeting.organisation_id, meeting.counterpart_id])
        partners = Organisation.objects.filter(kind=OrganisationKind.PARTNER, is_active=True)
        choices(self, "guests").queryset = (taking_part | partners).exclude(pk__in=guests).distinct().order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, body = cleaned.get("outsider_name"), cleaned.get("outsider_body")
        if bool(name) != bool(body):
            missing = "outsider_body" if name else "outsider_name"
            self.add_error(missing, "部外の方は、氏名と所属の両方を入力してください。")
        if not any((cleaned.get("users"), cleaned.get("guests"), name, body)):
            raise forms.ValidationError("参加する人か機関を1つ以上選んでください。")
        return cleaned

    def outsider(self) -> tuple[str, str] | None:
        data = self.cleaned_data
        return (data["outsider_name"], data["outsider_body"]) if data["outsider_name"] else None


class ItemNewForm(JapaneseForm):
    """A case by hand."""

    number = forms.CharField(label="ケース番号", max_length=20)
    reason = forms.CharField(
        label="議題にする理由",
        max_length=200,
        help_text="両方の機関が読みます。健康・家計・家族のことは書かないでください。",
    )


class ItemForm(JapaneseForm):
    """What was decided on one case, and up to three tasks."""

    TASK_ROWS = 3
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)
    state = forms.ChoiceField(label="協議", choices=ItemState, widget=forms.RadioSelect)
    decision = forms.CharField(label="決まったこと", required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, item: MeetingItem, people: Any, **kwargs: Any) -> None:
        state = ItemState.DISCUSSED if item.state == ItemState.PLANNED else item.state
        initial = {"version": item.version, "state": state, "decision": item.decision}
        super().__init__(*args, initial=initial, **kwargs)
        for number in range(1, self.TASK_ROWS + 1):
            self.fields[f"what_{number}"] = forms.CharField(label=f"すること{number}", max_length=200, required=False)
            self.fields[f"user_{number}"] = forms.ModelChoiceField(people, label=f"する人{number}", required=False)
            self.fields[f"somebody_{number}"] = forms.CharField(
                label=f"する人{number}(本人・部外の方)", max_length=60, required=False
            )
            self.fields[f"until_{number}"] = JapaneseDateField(label=f"期限{number}", required=False, help_text="")
        speak_japanese(self)

    def task_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{number}"] for name in ("what", "user", "somebody", "until")]
            for number in range(1, self.TASK_ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("state") == ItemState.DISCUSSED and not (cleaned.get("decision") or "").strip():
            self.add_error("decision", "「協議した」とするときは、決まったことを入力してください。")
        for number in range(1, self.TASK_ROWS + 1):
            what, user, somebody = (cleaned.get(f"{name}_{number}") for name in ("what", "user", "somebody"))
            if what and not user and not somebody:
                self.add_error(f"user_{number}", f"「すること{number}」をする人を選ぶか、名前を入力してください。")
            elif (user or somebody) and not what:
                self.add_error(f"what_{number}", f"「すること{number}」の内容を入力してください。")
        return cleaned

    def tasks(self) -> list[TaskLine]:
        data = self.cleaned_data
        return [
            TaskLine(
                what=data[f"what_{number}"],
                user=data[f"user_{number}"],
                somebody=data[f"somebody_{number}"],
                until_on=data[f"until_{number}"],
            )
            for number in range(1, self.TASK_ROWS + 1)
            if data[f"what_{number}"]
        ]
