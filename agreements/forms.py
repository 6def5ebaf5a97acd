"""Forms of agreements, plans and counting rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation
from agreements.actions import TargetValue, proposed_target
from agreements.enums import BenefitStatus, IndicatorCode, TargetRounding
from agreements.models import Agreement, BusinessPlan, CountingRules, Desk, Party, Site, SupportMenu, TargetGroup
from core.forms import (
    FiscalYearField,
    JapaneseDateField,
    JapaneseForm,
    JapaneseModelForm,
    NumberField,
    PhoneField,
    RateField,
    VersionedModelForm,
)
from core.periods import fiscal_year, today

# Targets a plan may set: (indicator, has a rate, only in total)
TARGET_COLUMNS = (
    (IndicatorCode.SUPPORTED, False, False),
    (IndicatorCode.PLACED, True, False),
    (IndicatorCode.PLACEMENTS, False, False),
    (IndicatorCode.INTRODUCTIONS, False, False),
    (IndicatorCode.DEVELOPED_OPENINGS, False, True),
)
TARGET_UNITS = {
    IndicatorCode.SUPPORTED: "人",
    IndicatorCode.PLACED: "人",
    IndicatorCode.PLACEMENTS: "件",
    IndicatorCode.INTRODUCTIONS: "件",
    IndicatorCode.DEVELOPED_OPENINGS: "人",
}
RULES_FIELDS = (
    "fiscal_year",
    "denominator",
    "numerator",
    "placement_count",
    "group_at",
    "target_rounding",
    "zero_rate",
    "note",
    "decided_on",
)
AGREEMENT_FIELDS = (
    "name",
    "purpose",
    "signed_on",
    "valid_from",
    "valid_to",
    "has_mutual_request_clause",
    "support_months",
    "silent_days",
    "publish_minimum",
)


class _AgreementDates(forms.Form):
    signed_on = JapaneseDateField(label="締結日", required=False)
    valid_from = JapaneseDateField(label="効力発生日")
    valid_to = JapaneseDateField(label="満了日", required=False)
    support_months = NumberField(label="支援期間の目安(月)", unit="か月", min_value=1, max_value=60, initial=6)
    silent_days = NumberField(
        label="連絡がないと知らせるまで(日)",
        unit="日",
        min_value=7,
        max_value=180,
        initial=30,
        help_text="面談も来所もないままこの日数がたつと、「今日」と会議の議題に出ます。7日から180日まで。",
    )
    publish_minimum = NumberField(
        label="公表用の表で伏せる数(この数未満)",
        min_value=3,
        max_value=20,
        initial=3,
        help_text="公表用の報告では、1以上この数未満の人数・件数を「*」にします。3未満の数は公表できません。",
    )


class AgreementForm(_AgreementDates, VersionedModelForm):
    """Edit an agreement."""

    class Meta:
        model = Agreement
        fields = AGREEMENT_FIELDS


class NewAgreementForm(_AgreementDates, JapaneseModelForm):
    """A new agreement; one's own organisation is its first party."""

    signatory = forms.CharField(label="自機関の署名者(職名)", max_length=100)

    class Meta:
        model = Agreement
        fields = ("code", *AGREEMENT_FIELDS)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code == "new":  # the address of this very form
            raise forms.ValidationError("コード「new」は使えません。別のコードを入力してください。")
        return code


def _position() -> NumberField:
    return NumberField(label="並び順", unit="番", min_value=1, max_value=999, initial=1)


class PartyForm(JapaneseModelForm):
    """A further party and who signs for it."""

    position = _position()

    class Meta:
        model = Party
        fields = ("organisation", "side", "signatory", "position")


class ParticipantForm(JapaneseForm):
    """An office that works under the agreement."""

    organisation = forms.ModelChoiceField(Organisation.objects.active().order_by("name"), label="実施機関")


class SiteForm(JapaneseModelForm):
    """A site of the agreement."""

    phone = PhoneField(label="電話番号", required=False, max_length=30, help_text="予約票に印刷します。")
    opened_on = JapaneseDateField(label="開設日", required=False)

    class Meta:
        model = Site
        fields = ("name", "nickname", "host_facility", "address", "phone", "opened_on")


class DeskForm(JapaneseModelForm):
    """A desk or room of a site."""

    class Meta:
        model = Desk
        fields = ("name",)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Desk.objects.filter(site=self.instance.site, name=name).exists():
            raise forms.ValidationError("この窓口には同じ名前の席・部屋がすでにあります。")
        return name


class MenuForm(JapaneseModelForm):
    """A support menu of this agreement, besides those common to all."""

    position = _position()

    class Meta:
        model = SupportMenu
        fields = ("name", "position")


class GroupForm(JapaneseModelForm):
    """A target group and the benefit statuses it bundles."""

    position = _position()

    statuses = forms.MultipleChoiceField(
        choices=BenefitStatus, label="含む支援区分", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TargetGroup
        fields = ("code", "name", "position")


class PlanYearForm(JapaneseForm):
    """For which fiscal year to plan."""

    year = FiscalYearField(label="年度", min_value=2000, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = fiscal_year(today()) + 1


class PlanTextForm(VersionedModelForm):
    """The plan's words and staffing."""

    navigator_count = NumberField(label="ナビゲーター数(人)", required=False, min_value=0, max_value=999)
    persons_per_navigator = NumberField(label="1人あたりの支援対象者数(人)", required=False, min_value=0, max_value=999)

    class Meta:
        model = BusinessPlan
        fields = ("text", "navigator_count", "persons_per_navigator")


class TargetsForm(JapaneseForm):
    """Targets per group and in total, each a count, a rate or both; `seen` says which ones were read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": "id_targets_seen"}))

    def __init__(self, *args: Any, plan: BusinessPlan, seen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["seen"].initial = seen
        self.groups = list(TargetGroup.objects.filter(agreement=plan.agreement_id).order_by("position", "pk"))
        stored = {(target.group_id, target.indicator): target for target in plan.targets.all()}
        for group in [*self.groups, None]:
            key = group.pk if group else None
            for code, has_rate, only_total in TARGET_COLUMNS:
                if only_total and group is not None:
                    continue
                target = stored.get((key, code))
                label = f"{group.name if group else '合計'} {code.label}"
                self.fields[self.name_of("count", key, code)] = NumberField(
                    label=f"{label} 目標数",
                    unit=TARGET_UNITS[code],
                    required=False,
                    min_value=0,
                    max_value=999_999,
                    initial=target.count if target else None,
                )
                if has_rate:
                    self.fields[self.name_of("rate", key, code)] = RateField(
                        label=f"{label} 目標率(％)",
                        required=False,
                        min_value=0,
                        max_value=999,
                        decimal_places=1,
                        initial=target.rate if target else None,
                    )

    @staticmethod
    def name_of(kind: str, group: int | None, code: IndicatorCode) -> str:
        return f"{kind}-{group or 'total'}-{code.value}"

    def rows(self) -> list[tuple[str, list[list[Any]]]]:
        """(group name, per column its bound fields) for the table."""
        result = []
        for group in [*self.groups, None]:
            key = group.pk if group else None
            cells = [
                [
                    self[name]
                    for name in (self.name_of("count", key, code), self.name_of("rate", key, code))
                    if name in self.fields
                ]
                for code, _rate, _total in TARGET_COLUMNS
            ]
            result.append((group.name if group else "合計", cells))
        return result

    def values(self) -> dict[tuple[int | None, IndicatorCode], TargetValue]:
        values = {}
        for group in [*(group.pk for group in self.groups), None]:
            for code, _rate, _total in TARGET_COLUMNS:
                values[group, code] = TargetValue(
                    count=self.cleaned_data.get(self.name_of("count", group, code)),
                    rate=self.cleaned_data.get(self.name_of("rate", group, code)),
                )
        return values

    def proposal(self, rounding: TargetRounding) -> dict[str, str]:
        """The typed data with empty placement targets filled by rate × persons, and totals by sums."""
        data = {name: self.data.get(name, "") for name in self.fields}
        sums = {IndicatorCode.SUPPORTED: 0, IndicatorCode.PLACED: 0}
        for group in self.groups:
            persons = self.cleaned_data.get(self.name_of("count", group.pk, IndicatorCode.SUPPORTED))
            percent: Decimal | None = self.cleaned_data.get(self.name_of("rate", group.pk, IndicatorCode.PLACED))
            name = self.name_of("count", group.pk, IndicatorCode.PLACED)
            placed = self.cleaned_data.get(name)
            if placed is None and persons is not None and percent is not None:
                placed = proposed_target(persons, percent, rounding)
                data[name] = str(placed)
            sums[IndicatorCode.SUPPORTED] += persons or 0
            sums[IndicatorCode.PLACED] += placed or 0
        for code, total in sums.items():
            name = self.name_of("count", None, code)
            if not data[name] and total:
                data[name] = str(total)
        return data


class AgreePlanForm(JapaneseForm):
    """The day both sides agreed to the targets that were read."""

    agreed_on = JapaneseDateField(label="合意日")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = today()
        self.fields["seen"].initial = seen


class RulesForm(JapaneseModelForm):
    """A new version of the counting rules."""

    fiscal_year = FiscalYearField(label="年度", min_value=2000, max_value=2100)
    decided_on = JapaneseDateField(label="決定日")

    class Meta:
        model = CountingRules
        fields = RULES_FIELDS
