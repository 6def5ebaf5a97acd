"""Taking a person in, and the person's own data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Organisation
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site
from cases.models import Person, PersonContact
from cases.models.person import BIRTH_FIELDS, CONTACT_FIELDS, birth_of
from cases.postcode import fill_address
from core.forms import (
    JapaneseDateField,
    JapaneseForm,
    JapaneseModelForm,
    KanaField,
    KnownDateField,
    NameField,
    PhoneField,
    PostcodeField,
    VersionedModelForm,
    blank_my_numbers,
    kana_doubt,
)
from core.periods import KnownDate, today

PERSON_FIELDS = (
    "name",
    "name_kana",
    *BIRTH_FIELDS,
    "birth_note",
    "sex",
    "language",
    "needs_interpreter",
)


BIRTH_HELP = "分かるところまで。例: 昭和55年4月1日、S55.4.1、昭和55年4月、S55"


class BirthField(KnownDateField):
    """A birthday as far as it is known, from 1900 to today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "生年月日", "help_text": BIRTH_HELP, **kwargs})

    def validate(self, value: KnownDate | None) -> None:
        super().validate(value)
        if value and not (value.year >= 1900 and value.first <= today()):
            raise forms.ValidationError("生年月日は1900年から今日までの日にしてください。")


class _PersonFields(forms.Form):
    """The fields whose writing is Japanese; everything but name and reading may be filled later."""

    instance: Person

    name = NameField(
        label="氏名",
        max_length=100,
        help_text="姓と名の間を空けます。外国の方・通称は一続きでもかまいません(ミホン・ダ・シルバ マリア)。",
    )
    name_kana = KanaField(
        label="フリガナ", max_length=150, help_text="氏名を変換する前の読みが入ります。ひらがなで入力しても直します。"
    )
    birth_on = BirthField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["data-kana"] = self.add_prefix("id_name_kana")
        del self.fields["birth_part"]  # one line on the screen fills both columns
        self.initial.setdefault("birth_on", None)
        if self.initial["birth_on"] is None:
            self.initial["birth_on"] = birth_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """The one line goes to the day, or to the year and month when the day is not known."""
        cleaned = super().clean() or {}
        if "birth_on" in cleaned:
            known: KnownDate | None = cleaned["birth_on"]
            cleaned["birth_on"] = known.exact if known else None
            cleaned["birth_part"] = known.part if known else ""
            cleaned["is_birth_estimated"] |= known is not None and known.is_estimated
            if cleaned["is_birth_estimated"] and known is None:
                self.add_error("birth_on", "推定のときも、分かる年を入力してください。例: 昭和55年")
        return cleaned

    def birth(self) -> KnownDate | None:
        """What was typed of the birthday."""
        return birth_of(SimpleNamespace(**self.cleaned_data))

    def doubt(self) -> str:
        """Why the reading may not be the name's; it is said, never refused."""
        return kana_doubt(self.cleaned_data["name"], self.cleaned_data["name_kana"])


class PostcodeText(forms.TextInput):
    """A postcode with a button that fills the address: a submit without JavaScript, a swap of the address with it."""

    template = (
        '{}<button type="submit" class="btn btn-outline-primary btn-small" name="fill" value="address" hx-post="" '
        'hx-target="#div_id_address" hx-swap="outerHTML">住所を入れる</button>'
        '<span class="hint" id="address-found" role="status">{}</span>'
    )
    found = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html(self.template, super().render(name, value, attrs, renderer), self.found)


class _ContactFields(forms.Form):
    postal_code = PostcodeField(label="郵便番号", max_length=8, required=False, widget=PostcodeText)
    address = forms.CharField(
        label="住所", max_length=300, required=False, help_text="書き方は自由です(1丁目2-3、一丁目二番三号、部屋番号)。"
    )
    fills_address = True  # the page puts its own submit button before the one of the postcode, for the Enter key
    phone = PhoneField(label="電話番号", max_length=30, required=False)
    email = forms.EmailField(label="メールアドレス", required=False)
    contact_note = forms.CharField(label="連絡の可否・時間帯", max_length=200, required=False)
    proper_places = frozenset(CONTACT_FIELDS)

    def fill_address(self) -> str:
        """Put the postcode's address into an empty line; the sentence about it. The rest is not judged yet."""
        given: Any = self.data
        typed = given.copy()
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                typed[name] = blank_my_numbers(typed.get(name, ""))
        code = str(self.fields["postal_code"].to_python(typed.get("postal_code", "")))
        typed["postal_code"] = code
        typed["address"], said = fill_address(code, typed.get("address", ""))
        self.data = typed
        self._errors = ErrorDict()
        self.cleaned_data = {}
        widget = self.fields["postal_code"].widget
        assert isinstance(widget, PostcodeText)  # noqa: S101 - declared above
        widget.found = said
        return said

    def contact_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS if name in self.cleaned_data}


class PersonForm(_PersonFields, VersionedModelForm):
    """Edit the person; refused when somebody else saved in between."""

    class Meta:
        model = Person
        fields = PERSON_FIELDS

    def value_in(self, row: Any, name: str) -> Any:
        return birth_of(row) if name == "birth_on" else super().value_in(row, name)


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
        "is_birth_estimated",
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


def to_be_chosen(found: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """After an empty choice: what came of something is said by somebody, never proposed by the form."""
    return [("", "選んでください"), *found]


def not_in_future(day: dt.date, label: str) -> dt.date:
    if day > today():
        raise forms.ValidationError(f"{label}は今日までの日にしてください。")
    return day
