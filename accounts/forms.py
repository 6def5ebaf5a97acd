"""Forms for users and memberships."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.urls import Resolver404, resolve

from accounts.drafts import Text, kept_fields
from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from core.forms import JapaneseDateField, JapaneseForm, JapaneseModelForm


class LoginForm(AuthenticationForm):
    """Log in by user id and password; one sentence for every failure."""

    error_messages = {
        "invalid_login": "利用者IDまたはパスワードが違います。大文字・小文字を確かめて、もう一度入力してください。",
        "inactive": "利用者IDまたはパスワードが違います。大文字・小文字を確かめて、もう一度入力してください。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username: forms.CharField = self.fields["username"]  # type: ignore[assignment]
        username.label = "利用者ID"
        username.widget.attrs.pop("maxlength", None)  # the browser would cut a pasted text in silence
        # Django sets max_length too late to check it; an id that nobody can have is not looked up, nor kept by axes.
        username.validators.append(MaxLengthValidator(username.max_length, self.error_messages["invalid_login"]))
        username.error_messages["required"] = "利用者IDを入力してください。"
        self.fields["password"].error_messages["required"] = "パスワードを入力してください。"


class OrganisationForm(JapaneseModelForm):
    """A body that takes part, and where it stands in the tree."""

    class Meta:
        model = Organisation
        fields = ("kind", "name", "short_name", "municipality_code", "parent", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above: forms.ModelChoiceField = self.fields["parent"]  # type: ignore[assignment]
        above.queryset = Organisation.objects.active().exclude(pk=self.instance.pk).order_by("name")

    def clean_parent(self) -> Organisation | None:
        parent: Organisation | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk in Organisation.objects.ancestor_ids(parent.pk):
            raise ValidationError("この機関の下にある機関を、上位の機関にすることはできません。")
        return parent


class NewUserForm(JapaneseModelForm):
    """A new user and where they work."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="機関")
    role = forms.ChoiceField(choices=Role, label="役割")
    title = forms.CharField(label="職名", max_length=60, required=False)

    class Meta:
        model = User
        fields = ("username", "name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations: forms.ModelChoiceField = self.fields["organisation"]  # type: ignore[assignment]
        organisations.queryset = Organisation.objects.active().order_by("name")


class DateStyleForm(JapaneseModelForm):
    """How one wants to see days."""

    class Meta:
        model = User
        fields = ("date_style",)
        widgets = {"date_style": forms.RadioSelect}


class MembershipForm(JapaneseModelForm):
    """A further membership of a user."""

    valid_from = JapaneseDateField(label="開始日")
    valid_to = JapaneseDateField(label="終了日", required=False)

    class Meta:
        model = Membership
        fields = ("organisation", "role", "title", "valid_from", "valid_to")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = user
        organisations: forms.ModelChoiceField = self.fields["organisation"]  # type: ignore[assignment]
        organisations.queryset = Organisation.objects.active().order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            raise ValidationError({"valid_to": "終了日は開始日以降の日にしてください。"})
        return cleaned


class TypingForm(JapaneseModelForm):
    """How one types oneself."""

    class Meta:
        model = User
        fields = ("has_shortcuts", "is_moved_on")


class SignOnForm(JapaneseForm):
    """The subject by which the organisation's provider knows a user."""

    subject = forms.CharField(label="共通ログインの識別子(sub)", max_length=191)


class DraftForm(forms.Form):
    """What the page sends of a form that is being typed; `values` is {name: [values]} as JSON."""

    key = forms.UUIDField()
    path = forms.RegexField(r"^/(?!/)[^?#\\]*$", max_length=500)
    query = forms.CharField(max_length=500, required=False)
    title = forms.CharField(required=False)
    seen = forms.IntegerField(min_value=0, max_value=10**9)
    writer = forms.UUIDField()
    step = forms.IntegerField(min_value=0, max_value=10**9)
    values = forms.JSONField()

    def clean_path(self) -> str:
        path: str = self.cleaned_data["path"]
        try:
            resolve(path)
        except Resolver404 as error:
            raise ValidationError("この画面はありません。") from error
        return path

    def clean_values(self) -> dict[str, list[str]]:
        value = self.cleaned_data["values"]
        shaped = isinstance(value, dict) and all(
            isinstance(values, list) and all(isinstance(one, str) for one in values) for values in value.values()
        )
        if not shaped:
            raise ValidationError("入力の形が正しくありません。")
        return kept_fields(value.items())

    def text(self) -> Text:
        return Text(title=self.cleaned_data["title"][:100], fields=self.cleaned_data["values"])
