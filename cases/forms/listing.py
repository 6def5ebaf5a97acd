"""What a list can be narrowed by, its name as a saved view, its columns, and why it leaves as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Q

from accounts.enums import MUNICIPAL_KINDS, Permission, Role
from accounts.models import Membership, Organisation
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site, TargetGroup
from cases.enums import AppointmentStatus, CaseState, EmploymentType
from core.forms import JapaneseForm
from core.periods import today

WORKERS = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR)
ALL = "all"


@dataclass(frozen=True)
class Condition:
    """One narrowing that holds, in words; `without` is the address of the same list without it."""

    name: str
    label: str
    value: str
    without: str


class FilterForm(JapaneseForm):
    """Conditions of a list: choices alone, because they stand in addresses and are stored with saved views.

    The first field is always in the address, so that "nothing chosen" can be told from "not asked".
    What cannot be chosen is left out and said.
    """

    # Fields shown at once; the others open below.
    at_hand: ClassVar[tuple[str, ...]] = ()
    # What the choice '' of a field means, where it narrows, and the choice that does not.
    narrow_by_rule: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.offer(actor)
        for name, field in list(self.fields.items()):
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - anything else would put typed words into addresses
            field.required = False
            field.widget.attrs["class"] = "form-select"
            offered: Any = field.choices
            if len(list(offered)) <= 2 and name not in self.at_hand:
                del self.fields[name]  # one choice besides "all" is none

    def offer(self, actor: Actor) -> None:
        """Fill in the choices that depend on who asks."""

    @property
    def chosen(self) -> dict[str, str]:
        """The conditions that hold, by name."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    @classmethod
    def usual_address(cls) -> str:
        """The query string of the list with nothing chosen."""
        return urlencode({next(iter(cls.base_fields)): ""})  # type: ignore[attr-defined]

    def address(self, **changes: str) -> str:
        """The query string of these conditions, in one writing."""
        values = {**self.chosen, **changes}
        first = next(iter(self.fields))
        return urlencode([(name, value) for name, value in values.items() if value or name == first])

    def conditions(self) -> Iterator[Condition]:
        for name, value in self.chosen.items():
            off = self.narrow_by_rule.get(name, "")
            if value != off:
                field = self.fields[name]
                yield Condition(
                    name=name,
                    label=str(field.label),
                    value=_label_of(field, value),
                    without=self.address(**{name: off}),
                )

    @property
    def without_any(self) -> str:
        return self.address(**{name: self.narrow_by_rule.get(name, "") for name in self.fields})

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.at_hand if name in self.fields]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.at_hand]

    @property
    def has_more_chosen(self) -> bool:
        return any(self.chosen[name] for name in self.fields if name not in self.at_hand)


def _label_of(field: Any, value: str) -> str:
    for key, label in field.choices:
        for inner, text in label if isinstance(label, (list, tuple)) else ((key, label),):
            if str(inner) == value:
                return str(text)
    return value


def _days(*numbers: int) -> list[tuple[str, str]]:
    return [("", "すべて"), *((str(number), f"{number}日以上なし") for number in numbers)]


class CaseFilterForm(FilterForm):
    """Which cases the list shows."""

    at_hand = ("state", "worker")
    narrow_by_rule: ClassVar[dict[str, str]] = {"state": ALL}

    state = forms.ChoiceField(label="状態", choices=[("", "終了以外"), (ALL, "すべて"), *CaseState.choices])
    worker = forms.ChoiceField(label="担当者")
    organisation = forms.ChoiceField(label="担当機関")
    status = forms.ChoiceField(label="いまの支援区分", choices=[("", "すべて"), *BenefitStatus.choices])
    group = forms.ChoiceField(label="支援開始時の対象区分")
    goal = forms.ChoiceField(
        label="支援終了予定日", choices=[("", "すべて"), ("over", "過ぎている"), ("30", "30日以内に来る")]
    )
    contact = forms.ChoiceField(label="面談・連絡の記録", choices=_days(14, 30, 60, 90))
    visit = forms.ChoiceField(label="次回予約", choices=[("", "すべて"), ("none", "なし"), ("booked", "あり")])

    def offer(self, actor: Actor) -> None:
        agreements = Agreement.objects.visible_to(actor)
        _choices(self, "worker", [("me", "自分"), ("none", "未定"), *worker_choices(actor)])
        holders = Organisation.objects.filter(
            Q(pk__in=actor.organisation_ids) | Q(agreements__in=agreements), kind__in=MUNICIPAL_KINDS
        )
        names = holders.distinct().order_by("pk").values_list("pk", "short_name")
        _choices(self, "organisation", [(str(pk), name) for pk, name in names])
        groups = TargetGroup.objects.filter(agreement__in=agreements).order_by("position", "pk")
        _choices(self, "group", list(dict(groups.values_list("code", "name")).items()))


class PlacementFilterForm(FilterForm):
    """Which placements the list shows."""

    at_hand = ("standing", "worker")

    standing = forms.ChoiceField(
        label="在職", choices=[("", "すべて"), ("working", "離職の記録なし"), ("left", "離職した")]
    )
    worker = forms.ChoiceField(label="担当者")
    check = forms.ChoiceField(
        label="定着確認", choices=[("", "すべて"), ("due", "予定日を過ぎた確認がある"), ("30", "30日以内に確認がある")]
    )
    employment = forms.ChoiceField(label="雇用形態", choices=[("", "すべて"), *EmploymentType.choices])
    since = forms.ChoiceField(
        label="就職日", choices=[("", "すべて"), ("30", "30日以内"), ("90", "90日以内"), ("365", "1年以内")]
    )

    def offer(self, actor: Actor) -> None:
        _choices(self, "worker", [("me", "自分"), ("none", "未定"), *worker_choices(actor)])


class AppointmentFilterForm(FilterForm):
    """Which bookings the list shows."""

    at_hand = ("when", "worker", "status")
    narrow_by_rule: ClassVar[dict[str, str]] = {"when": ALL}

    when = forms.ChoiceField(
        label="日",
        choices=[
            ("", "今日から先"),
            ("today", "今日"),
            ("7", "今日から7日"),
            ("30", "今日から30日"),
            ("past7", "過去7日"),
            ("past30", "過去30日"),
            ("past90", "過去90日"),
            (ALL, "すべて"),
        ],
    )
    worker = forms.ChoiceField(label="会う人")
    status = forms.ChoiceField(label="予約の状態", choices=[("", "すべて"), *AppointmentStatus.choices])
    site = forms.ChoiceField(label="窓口")
    side = forms.ChoiceField(
        label="予約を受けた機関", choices=[("", "すべて"), ("ours", "自機関"), ("theirs", "ほかの機関")]
    )

    def offer(self, actor: Actor) -> None:
        _choices(self, "worker", [("me", "自分"), *worker_choices(actor)])
        sites = Site.objects.filter(agreements__in=Agreement.objects.visible_to(actor)).distinct()
        _choices(self, "site", [(str(site.pk), str(site)) for site in sites.order_by("name", "pk")])


class EmployerFilterForm(FilterForm):
    """Which employers the list shows."""

    at_hand = ("vacancies", "registered")

    vacancies = forms.ChoiceField(
        label="求人",
        choices=[
            ("", "すべて"),
            ("open", "受付中の求人がある"),
            ("developed", "開拓した求人が受付中"),
            ("none", "受付中の求人がない"),
        ],
    )
    registered = forms.ChoiceField(
        label="登録した機関", choices=[("", "すべて"), ("ours", "自機関"), ("theirs", "ほかの機関")]
    )


def worker_choices(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Workers of my organisations and, apart, those of the organisations in the same agreements."""
    agreements = Agreement.objects.visible_to(actor)
    current = (
        Membership.objects.current(today())
        .filter(Q(organisation__in=actor.organisation_ids) | Q(organisation__agreements__in=agreements))
        .filter(role__in=WORKERS)
    )
    people = (
        current.distinct().order_by("user__name", "user_id").values_list("user_id", "user__name", "organisation_id")
    )
    own = {str(pk): name for pk, name, organisation in people if organisation in actor.organisation_ids}
    other = {str(pk): name for pk, name, _organisation in people if str(pk) not in own}
    return [(title, list(part.items())) for title, part in (("自機関", own), ("連携先", other)) if part]


def _choices(form: FilterForm, name: str, offered: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - a wrong name is a programming error
    field.choices = [("", "すべて"), *offered]


class ViewForm(JapaneseForm):
    """A name for the list as it is shown now."""

    name = forms.CharField(
        label="表示の名前", max_length=40, help_text="例: 30日連絡なし。支援対象者の名前は書かないでください。"
    )
    is_first = forms.BooleanField(label="一覧を開いたとき、はじめにこの表示にする", required=False)
    is_shared = forms.BooleanField(label="機関で共有する", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.can(Permission.SHARE_VIEWS):
            del self.fields["is_shared"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ExportForm(JapaneseForm):
    """Why the list leaves the system."""

    reason = forms.CharField(
        label="使う目的",
        max_length=150,
        help_text="例: 月例連絡調整会議の資料。閲覧の記録に残ります。支援対象者の名前や事情は書かないでください。",
    )
