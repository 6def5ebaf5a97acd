"""Who stands in, who takes over: covers, the handover of a caseload, the end of an assignment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.scope import Actor
from cases.actions.handover import Passing
from cases.forms.person import choices
from cases.forms.support import members
from cases.models import Assignment, Case
from core.forms import JapaneseDateField, JapaneseForm, speak_japanese
from core.periods import today

IN_CHARGE = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR, Role.INTERPRETER)
STANDING_IN = (*IN_CHARGE, Role.MANAGER)


def workers_in_charge(actor: Actor) -> list[tuple[str, str]]:
    """Whose caseload this actor may hand over: a manager everybody's, others their own. (value, name)"""
    rows = Assignment.objects.filter(
        organisation__in=actor.organisation_ids, ends_on__isnull=True, case__closed_on__isnull=True
    )
    if actor.role != Role.MANAGER:
        rows = rows.filter(user=actor.user)
    found = rows.values_list("user", "organisation", "user__name", "organisation__short_name").distinct()
    return [
        (f"{user}-{place}", f"{name}({short})") for user, place, name, short in found.order_by("user__name", "user")
    ]


class WorkerForm(JapaneseForm):
    """Whose cases pass to others."""

    worker = forms.ChoiceField(label="引き継ぐ担当者")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worker"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = workers_in_charge(actor)

    def chosen(self) -> tuple[User, Organisation]:
        user, place = self.cleaned_data["worker"].split("-")
        return User.objects.get(pk=user), Organisation.objects.get(pk=place)


class HandoverForm(JapaneseForm):
    """Successors for a whole caseload: one for all, or one for each case, each with a note."""

    on = JapaneseDateField(label="引継ぎ日", help_text="この日から後任が担当です。前の担当者は前日までです。")
    reason = forms.CharField(label="理由", max_length=200, initial="人事異動")
    everybody = forms.ModelChoiceField(
        User.objects.none(),
        label="まとめて選ぶ後任",
        required=False,
        help_text="下の表で後任を選ばなかったケースは、この人に引き継ぎます。空欄なら、そのケースは今の担当のままです。",
    )
    has_appointments = forms.BooleanField(
        label="引継ぎ日からの予約も後任に移す",
        required=False,
        initial=True,
        help_text="移さない予約は、引継ぎの画面に残りとして出ます。",
    )

    def __init__(
        self, *args: Any, worker: User, organisation: Organisation, cases: Sequence[Case], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        successors = members([organisation.pk], IN_CHARGE).exclude(pk=worker.pk)
        choices(self, "everybody").queryset = successors
        self.fields["on"].initial = today()
        self.cases = list(cases)
        # One query for all rows of the table, not one for each.
        people = list(successors)
        self.by_id = {str(user.pk): user for user in people}
        options = [("", "(まとめて選んだ人)"), *((str(user.pk), user.name) for user in people)]
        for case in self.cases:
            self.fields[f"to_{case.pk.hex}"] = forms.ChoiceField(
                label=f"{case.person.name}さんの後任", choices=options, required=False
            )
            self.fields[f"note_{case.pk.hex}"] = forms.CharField(
                label=f"{case.person.name}さんの引継ぎのメモ",
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        speak_japanese(self)

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day < today():
            raise forms.ValidationError("引継ぎ日は今日以降の日にしてください。")
        return day

    def common(self) -> list[forms.BoundField]:
        return [self[name] for name in ("on", "reason", "everybody", "has_appointments")]

    def row_fields(self, case: Case) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"to_{case.pk.hex}"], self[f"note_{case.pk.hex}"]

    def passings(self) -> list[Passing]:
        data = self.cleaned_data
        found = []
        for case in self.cases:
            successor = self.by_id.get(data[f"to_{case.pk.hex}"]) or data["everybody"]
            if successor is not None:
                found.append(Passing(case=case, successor=successor, note=data[f"note_{case.pk.hex}"]))
        return found


class CoverForm(JapaneseForm):
    """A colleague stands in from day to day."""

    worker = forms.ModelChoiceField(User.objects.none(), label="不在になる担当者")
    colleague = forms.ModelChoiceField(User.objects.none(), label="代理をする人")
    starts_on = JapaneseDateField(label="開始日")
    ends_on = JapaneseDateField(label="終了日")
    reason = forms.CharField(
        label="伝えること",
        max_length=200,
        required=False,
        help_text="例: 研修のため。個別のケースのことは引継ぎのメモへ。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ids = actor.organisation_ids
        workers = members(self.ids, IN_CHARGE)
        choices(self, "worker").queryset = (
            workers if actor.role == Role.MANAGER else User.objects.filter(pk=actor.user.pk)
        )
        choices(self, "worker").initial = actor.user if actor.role != Role.MANAGER else None
        choices(self, "colleague").queryset = members(self.ids, STANDING_IN)
        self.fields["starts_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        worker, colleague = cleaned.get("worker"), cleaned.get("colleague")
        if start and end and end < start:
            self.add_error("ends_on", "終了日は開始日以降の日にしてください。")
        elif end and end < today():
            self.add_error("ends_on", "終了日は今日以降の日にしてください。")
        if worker and worker == colleague:
            self.add_error("colleague", "代理には、不在の担当者とは別の人を選んでください。")
        elif worker and colleague and self.place() is None:
            self.add_error("colleague", f"代理には、{worker.name}さんと同じ機関の人を選んでください。")
        return cleaned

    def place(self) -> Organisation | None:
        """The organisation both work for."""
        worker, colleague = self.cleaned_data["worker"], self.cleaned_data["colleague"]
        theirs = colleague.memberships.current(today()).values("organisation")
        shared = worker.memberships.current(today()).filter(organisation__in=theirs)
        found = shared.filter(organisation__in=self.ids).select_related("organisation").order_by("pk").first()
        return found.organisation if found else None


class EndForm(JapaneseForm):
    """The last one in charge goes: a successor, or the reason why there is none."""

    end = forms.UUIDField(widget=forms.HiddenInput)
    successor = forms.ModelChoiceField(User.objects.none(), label="後任", required=False)
    end_reason = forms.CharField(label="理由", max_length=200, required=False)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successors = members([assignment.organisation_id], IN_CHARGE).exclude(pk=assignment.user_id)
        choices(self, "successor").queryset = successors
