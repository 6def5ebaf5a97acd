"""Taking a person in, and the person's own data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site
from cases.models import Person, PersonContact
from cases.models.person import CONTACT_FIELDS
from core.forms import (
    FULL,
    DigitsField,
    JapaneseDateField,
    JapaneseForm,
    JapaneseModelForm,
    KanaField,
    VersionedModelForm,
)
from core.periods import today

PERSON_FIELDS = (
    "name",
    "name_kana",
    "birth_on",
    "birth_note",
    "sex",
    "language",
    "needs_interpreter",
)


class _PersonFields(forms.Form):
    """The fields whose writing is Japanese; everything but name and reading may be filled later."""

    name_kana = KanaField(label="フリガナ", max_length=150, help_text="ひらがなで入力しても直します。")
    birth_on = JapaneseDateField(label="生年月日", required=False)

    def clean_birth_on(self) -> dt.date | None:
        birth: dt.date | None = self.cleaned_data["birth_on"]
        if birth and not dt.date(1900, 1, 1) <= birth <= today():
            raise forms.ValidationError("生年月日は1900年から今日までの日にしてください。")
        return birth


class _ContactFields(forms.Form):
    postal_code = DigitsField(
        label="郵便番号", max_length=8, required=False, widget=forms.TextInput(attrs={FULL: r"\d{3}-?\d{4}"})
    )
    address = forms.CharField(label="住所", max_length=300, required=False)
    phone = DigitsField(label="電話番号", max_length=30, required=False)
    email = forms.EmailField(label="メールアドレス", required=False)
    contact_note = forms.CharField(label="連絡の可否・時間帯", max_length=200, required=False)

    def contact_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS if name in self.cleaned_data}


class PersonForm(_PersonFields, VersionedModelForm):
    """Edit the person; refused when somebody else saved in between."""

    class Meta:
        model = Person
        fields = PERSON_FIELDS


class ContactForm(_ContactFields, VersionedModelForm):
    """Where the person can be found; open only to those from whom it is not hidden."""

    class Meta:
        model = PersonContact
        fields = CONTACT_FIELDS


class IntakeForm(_PersonFields, _ContactFields, JapaneseModelForm):
    """A new person with the first case (相談受付): name, reading and status are enough."""

    agreement = forms.ModelChoiceField(Agreement.objects.none(), label="協定")
    holder = forms.ModelChoiceField(Organisation.objects.none(), label="担当機関")
    site = forms.ModelChoiceField(Site.objects.none(), label="窓口", required=False)
    status = forms.ChoiceField(choices=BenefitStatus, label="主な支援区分")
    opened_on = JapaneseDateField(label="相談受付日")
    intake_note = forms.CharField(
        label="相談の内容", required=False, widget=forms.Textarea(attrs={"rows": 5, "class": "js-grow"})
    )
    field_order = (
        "name",
        "name_kana",
        "birth_on",
        "sex",
        "phone",
        "status",
        "opened_on",
        "intake_note",
        "agreement",
        "holder",
        "site",
    )

    class Meta:
        model = Person
        fields = PERSON_FIELDS

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreements = Agreement.objects.visible_to(actor).order_by("name")
        choices(self, "agreement").queryset = agreements
        choices(self, "holder").queryset = Organisation.objects.filter(pk__in=actor.organisation_ids).order_by("pk")
        choices(self, "site").queryset = Site.objects.filter(agreements__in=agreements).distinct().order_by("pk")
        self.fields["agreement"].initial = agreements.first()
        self.fields["holder"].initial = actor.organisation
        self.fields["opened_on"].initial = today()

    def clean_opened_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["opened_on"], "相談受付日")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        agreement, site = cleaned.get("agreement"), cleaned.get("site")
        if agreement and site and not agreement.sites.filter(pk=site.pk).exists():
            self.add_error("site", "この窓口は選んだ協定のものではありません。窓口か協定を選び直してください。")
        return cleaned

    def person_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PERSON_FIELDS}


class AgainForm(JapaneseForm):
    """A new case for a known person (再支援)."""

    agreement = forms.ModelChoiceField(Agreement.objects.none(), label="協定")
    status = forms.ChoiceField(choices=BenefitStatus, label="主な支援区分")
    opened_on = JapaneseDateField(label="相談受付日")
    intake_note = forms.CharField(label="相談の内容", required=False, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "agreement").queryset = Agreement.objects.visible_to(actor).order_by("name")
        self.fields["opened_on"].initial = today()

    def clean_opened_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["opened_on"], "相談受付日")


class StatusForm(JapaneseForm):
    """The primary benefit status from a day on."""

    status = forms.ChoiceField(choices=BenefitStatus, label="新しい主な支援区分")
    on = JapaneseDateField(label="変更日")


def choices(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """The model choice field of that name."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - a wrong name is a programming error
    return field


def not_in_future(day: dt.date, label: str) -> dt.date:
    if day > today():
        raise forms.ValidationError(f"{label}は今日までの日にしてください。")
    return day
