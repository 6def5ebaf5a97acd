"""Requests for support, answers, team, plan, moves and sharing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import Actor
from agreements.models import Agreement, SupportMenu
from cases.actions.plan import MenuChoice
from cases.actions.request import Conditions
from cases.enums import CloseReason, ConditionAnswer, ConsentMethod, Duty, MenuActor
from cases.forms.person import choices, not_in_future, to_be_chosen
from cases.models import Case, SupportPlan, SupportRequest
from core.forms import JapaneseDateField, JapaneseForm
from core.periods import add_months, today

CONDITION_LABELS = {
    "ability": "① 稼働能力を有する",
    "motivation": "② 就労意欲が一定程度ある(働きかけで見込まれるときは「見込まれる」)",
    "no_obstacle": "③ 就労に当たって著しい阻害要因がない",
    "agrees": "④ 事業への参加等に同意している",
}


CONDITION_FIELDS = (
    "ability",
    "ability_note",
    "motivation",
    "motivation_note",
    "no_obstacle",
    "no_obstacle_note",
    "agrees",
    "agrees_note",
    "flexibility_reason",
)


def partner_offices(agreement: Agreement) -> Any:
    """Hello Work offices that signed or take part in the agreement."""
    ids = Agreement.objects.organisation_ids(agreement)
    return Organisation.objects.active().filter(pk__in=ids, kind=OrganisationKind.HELLO_WORK).order_by("name")


class _ConditionFields(forms.Form):
    """The four conditions (チェックシート), each with its ground."""

    ability = forms.ChoiceField(choices=ConditionAnswer, label=CONDITION_LABELS["ability"], widget=forms.RadioSelect)
    ability_note = forms.CharField(label="①の根拠", required=False, max_length=500)
    motivation = forms.ChoiceField(
        choices=ConditionAnswer, label=CONDITION_LABELS["motivation"], widget=forms.RadioSelect
    )
    motivation_note = forms.CharField(label="②の根拠", required=False, max_length=500)
    no_obstacle = forms.ChoiceField(
        choices=ConditionAnswer, label=CONDITION_LABELS["no_obstacle"], widget=forms.RadioSelect
    )
    no_obstacle_note = forms.CharField(label="③の根拠", required=False, max_length=500)
    agrees = forms.ChoiceField(choices=ConditionAnswer, label=CONDITION_LABELS["agrees"], widget=forms.RadioSelect)
    agrees_note = forms.CharField(label="④の根拠", required=False, max_length=500)
    flexibility_reason = forms.CharField(
        label="「該当しない」を弾力的に扱う理由",
        required=False,
        max_length=500,
        help_text="①〜③に「該当しない」があっても、ハローワークとの協議で要請できます。そのときだけ入力してください。",
    )

    def conditions(self) -> Conditions:
        data = self.cleaned_data
        return Conditions(
            ability=ConditionAnswer(data["ability"]),
            motivation=ConditionAnswer(data["motivation"]),
            no_obstacle=ConditionAnswer(data["no_obstacle"]),
            agrees=ConditionAnswer(data["agrees"]),
            ability_note=data["ability_note"],
            motivation_note=data["motivation_note"],
            no_obstacle_note=data["no_obstacle_note"],
            agrees_note=data["agrees_note"],
            flexibility_reason=data["flexibility_reason"],
        )


class _Sending(forms.Form):
    """To whom, and the consent it stands on."""

    to = forms.ModelChoiceField(Organisation.objects.none(), label="要請先")
    consent_method = forms.ChoiceField(choices=ConsentMethod, label="本人の同意の取り方", widget=forms.RadioSelect)
    consent_on = JapaneseDateField(label="同意日")
    includes_health = forms.BooleanField(label="健康・障害に関する情報も伝えてよい", required=False)
    includes_finance = forms.BooleanField(label="家計に関する情報も伝えてよい", required=False)
    includes_family = forms.BooleanField(label="家族に関する情報も伝えてよい", required=False)
    message = forms.CharField(
        label="要請の内容・配慮してほしいこと", required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = partner_offices(case.agreement)
        choices(self, "to").queryset = offices
        self.fields["to"].initial = offices.first()
        self.fields["consent_on"].initial = today()

    def clean_consent_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["consent_on"], "同意日")

    def sending(self) -> dict[str, Any]:
        """What every way of sending needs."""
        data = self.cleaned_data
        return {
            "to": data["to"],
            "message": data["message"],
            "method": ConsentMethod(data["consent_method"]),
            "given_on": data["consent_on"],
            **{name: data[name] for name in ("includes_health", "includes_finance", "includes_family")},
            "change_note": data.get("change_note", ""),
        }


class SupportRequestForm(_ConditionFields, _Sending, JapaneseForm):
    """The check sheet with the four conditions, the consent, and what to tell Hello Work."""

    change_note = forms.CharField(label="前回から変えたこと", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("change_note", "to", *CONDITION_FIELDS)

    def __init__(self, *args: Any, case: Case, returned: SupportRequest | None, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        if returned is None:
            del self.fields["change_note"]
            return
        self.fields["to"].initial = returned.to_organisation_id
        for name in (*CONDITION_FIELDS, "message"):
            self.fields[name].initial = getattr(returned, name)


class UrgentRequestForm(_Sending, JapaneseForm):
    """The few fields of a request that must go out today; the conditions are checked afterwards."""

    field_order = ("to", "message")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["message"].required = True
        self.fields["message"].label = "急ぐ理由・今日してほしいこと"
        self.fields["message"].error_messages["required"] = "急ぐ理由・今日してほしいことを入力してください。"


class CompleteRequestForm(_ConditionFields, JapaneseForm):
    """What was left for later."""

    def __init__(self, *args: Any, request: SupportRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("agrees", "agrees_note"):
            del self.fields[name]
        for name in self.fields:
            self.fields[name].initial = getattr(request, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, label in (("ability", "①"), ("motivation", "②"), ("no_obstacle", "③")):
            if cleaned.get(name) == ConditionAnswer.DISCUSS and not cleaned.get(f"{name}_note"):
                self.add_error(f"{name}_note", f"{label}を「協議して決める」とするときは、根拠を入力してください。")
        return cleaned

    def conditions(self) -> Conditions:
        self.cleaned_data |= {"agrees": ConditionAnswer.YES, "agrees_note": ""}
        return super().conditions()


def members(organisation_ids: Any, roles: tuple[Role, ...]) -> Any:
    """Active users with one of the roles in one of the organisations today."""
    current = Membership.objects.current(today()).filter(organisation__in=organisation_ids, role__in=roles)
    return User.objects.filter(pk__in=current.values("user")).order_by("name")


class AcceptForm(JapaneseForm):
    """Hello Work takes the person on."""

    started_on = JapaneseDateField(label="支援開始日")
    navigator = forms.ModelChoiceField(User.objects.none(), label="担当する就職支援ナビゲーター")
    note = forms.CharField(label="市区町村へ伝えること", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        navigators = members([actor.organisation.pk], (Role.NAVIGATOR,))
        choices(self, "navigator").queryset = navigators
        self.fields["navigator"].initial = actor.user if actor.role == Role.NAVIGATOR else navigators.first()
        self.fields["started_on"].initial = today()

    def clean_started_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["started_on"], "支援開始日")


class ReturnForm(JapaneseForm):
    """Hello Work asks for more."""

    reason = forms.CharField(label="差し戻す理由・教えてほしいこと", widget=forms.Textarea(attrs={"rows": 4}))


class DeclineForm(JapaneseForm):
    """Hello Work declines, and what is offered instead."""

    reason = forms.CharField(label="対象外とする理由", widget=forms.Textarea(attrs={"rows": 4}))
    offered_instead = forms.CharField(label="代わりの案内", widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(JapaneseForm):
    """An act that needs only a reason."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(JapaneseForm):
    """End of support."""

    closed_on = JapaneseDateField(label="支援終了日")
    close_reason = forms.ChoiceField(choices=to_be_chosen(CloseReason.choices), label="終了理由")
    note = forms.CharField(label="終了時の状況・本人への説明", required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["closed_on"].initial = today()

    def clean_closed_on(self) -> dt.date:
        day = not_in_future(self.cleaned_data["closed_on"], "支援終了日")
        if day < self.case.opened_on:
            raise ValidationError("支援終了日は相談受付日以降の日にしてください。")
        return day


class AssignForm(JapaneseForm):
    """Put a worker of my own organisations in charge."""

    user = forms.ModelChoiceField(User.objects.none(), label="担当者")
    duty = forms.ChoiceField(choices=Duty, label="担当")
    starts_on = JapaneseDateField(label="開始日")
    reason = forms.CharField(label="理由", max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR, Role.INTERPRETER)
        choices(self, "user").queryset = members(actor.organisation_ids, roles)
        self.fields["starts_on"].initial = today()


class PlanForm(JapaneseForm):
    """The plan: a goal in the person's words, menus with who does what until when."""

    MENU_ROWS = 6
    goal = forms.CharField(label="目標(本人の言葉で)", widget=forms.Textarea(attrs={"rows": 3}))
    issues = forms.CharField(label="課題・配慮すること", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    starts_on = JapaneseDateField(label="計画の開始日")
    ends_on = JapaneseDateField(label="計画の終了日")
    review_on = JapaneseDateField(label="見直し予定日", required=False)
    person_agreed_on = JapaneseDateField(label="本人が同意した日", required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        menus = SupportMenu.objects.filter(is_active=True, agreement__isnull=True) | SupportMenu.objects.filter(
            is_active=True, agreement=case.agreement
        )
        for number in range(1, self.MENU_ROWS + 1):
            self.fields[f"menu_{number}"] = forms.ModelChoiceField(
                menus.order_by("position", "pk"),
                label=f"支援メニュー{number}",
                required=number == 1,
                empty_label="選んでください" if number == 1 else "選ばない",
            )
            self.fields[f"content_{number}"] = forms.CharField(
                label=f"行うこと{number}", max_length=300, required=False
            )
            self.fields[f"actor_{number}"] = forms.ChoiceField(
                choices=MenuActor, label=f"行う人{number}", required=False, initial=MenuActor.HELLO_WORK
            )
            self.fields[f"until_{number}"] = JapaneseDateField(label=f"期限{number}", required=False)
        self.fields["menu_1"].error_messages["required"] = "支援メニューを1つ以上選んでください。"
        start = case.support_started_on or today()
        self.fields["starts_on"].initial = start
        self.fields["ends_on"].initial = case.support_goal_on or add_months(start, case.agreement.support_months)
        self.fields["review_on"].initial = min(add_months(today(), 3), self.fields["ends_on"].initial)

    @staticmethod
    def begun_with(latest: SupportPlan) -> dict[str, Any]:
        """What the last plan said: nothing is typed twice (D12)."""
        said: dict[str, Any] = {"goal": latest.goal, "issues": latest.issues}
        for number, row in enumerate(latest.menus.order_by("pk")[: PlanForm.MENU_ROWS], start=1):
            said |= {
                f"menu_{number}": row.menu_id,
                f"content_{number}": row.content,
                f"actor_{number}": row.actor,
                f"until_{number}": row.until_on,
            }
        return said

    def words(self) -> list[forms.BoundField]:
        return [self["goal"], self["issues"]]

    def menu_rows(self) -> list[list[forms.BoundField]]:
        names = ("menu", "content", "actor", "until")
        return [[self[f"{name}_{number}"] for name in names] for number in range(1, self.MENU_ROWS + 1)]

    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in ("starts_on", "ends_on", "review_on", "person_agreed_on")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end, review = cleaned.get("starts_on"), cleaned.get("ends_on"), cleaned.get("review_on")
        if start and end and end < start:
            self.add_error("ends_on", "計画の終了日は開始日以降の日にしてください。")
        elif end and review and review > end:
            self.add_error("review_on", "見直し予定日は計画の終了日までの日にしてください。")
        return cleaned

    def menu_choices(self) -> list[MenuChoice]:
        data = self.cleaned_data
        return [
            MenuChoice(
                menu=data[f"menu_{number}"],
                actor=MenuActor(data[f"actor_{number}"] or MenuActor.HELLO_WORK),
                content=data[f"content_{number}"],
                until_on=data[f"until_{number}"],
            )
            for number in range(1, self.MENU_ROWS + 1)
            if data.get(f"menu_{number}")
        ]


class AgreedForm(JapaneseForm):
    """The day the person agreed to the plan."""

    agreed_on = JapaneseDateField(label="本人が同意した日")

    def clean_agreed_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["agreed_on"], "同意した日")
