"""Forms about proving who one is: password, code, security key."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth import authenticate, password_validation
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.core.exceptions import ValidationError

from accounts import lockout
from accounts.adapters import WRONG_CODE
from accounts.models import User
from accounts.secondfactor import WrongCode, check_code, normalised, totp_counter
from core.forms import JapaneseForm, say_the_limit, speak_japanese
from core.forms.my_number import NoMyNumber

CODE_HELP = "認証アプリの6桁の数字。スマートフォンがないときは回復コード(例: 3-abcd-efgh-jkmn)"


def _code_field(**kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"})
    field = forms.CharField(label="確認コード", max_length=40, widget=widget, **kwargs)
    say_the_limit(field)
    return field


class CodeForm(AuthenticateForm):
    """The second step of the log-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code_field(help_text=CODE_HELP)
        speak_japanese(self)

    def clean_code(self) -> str:
        try:
            self.used = check_code(context.request, self.user, self.cleaned_data["code"])
        except WrongCode as error:
            raise ValidationError(WRONG_CODE) from error
        return str(self.cleaned_data["code"])

    def save(self) -> None:
        if isinstance(self.used, Authenticator):
            self.authenticator = self.used
            super().save()


class SecurityKeyForm(AuthenticateWebAuthnForm):
    """The second step with a security key."""

    def clean_credential(self) -> Authenticator:
        if lockout.is_locked(context.request, self.user):
            raise ValidationError(WRONG_CODE)
        return super().clean_credential()


class ActivateTotpForm(ActivateTOTPForm):
    """Proof that the app shows the right numbers; the number shown now cannot log in afterwards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code_field(help_text="アプリに表示された6桁の数字")
        speak_japanese(self)

    def clean_code(self) -> str:
        code = normalised(self.cleaned_data["code"]).replace("-", "")
        self.counter = totp_counter(self.secret, code)
        if self.counter is None:
            raise ValidationError(WRONG_CODE)
        return code


class AddSecurityKeyForm(NoMyNumber, AddWebAuthnForm):
    """A security key and what its owner calls it; the name is kept as typed, so it may hold no My Number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)  # noqa: S101 - declared by allauth
        name.label = "鍵の名前"
        name.max_length = 60
        name.initial = self.initial["name"] = "セキュリティキー"
        self.fields["credential"].label = "セキュリティキー"
        speak_japanese(self)
        self.fields["credential"].error_messages["required"] = "登録のボタンを押して、鍵に触れてください。"


class ProofForm(JapaneseForm):
    """Log in again in the middle of work: the password, and the second factor of those who have one."""

    password = forms.CharField(
        label="パスワード", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = _code_field(help_text=CODE_HELP, required=False)
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, kinds: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = kinds
        if not user.has_usable_password():
            del self.fields["password"]
        if not kinds:
            del self.fields["code"]
        if "webauthn" not in kinds:
            del self.fields["credential"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if "password" in self.fields:
            found = authenticate(context.request, username=self.user.username, password=cleaned["password"])
            if found is None or found.pk != self.user.pk:
                raise ValidationError({"password": "パスワードが違います。もう一度入力してください。"})
        if self.kinds:
            self._clean_second_factor(cleaned)
        return cleaned

    def _clean_second_factor(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("credential"):
            key = SecurityKeyForm({"credential": self.data["credential"]}, user=self.user)
            if not key.is_valid():
                raise ValidationError(WRONG_CODE)
        elif not cleaned.get("code"):
            raise ValidationError({"code": "確認コードを入力してください。"})
        else:
            try:
                check_code(context.request, self.user, cleaned["code"])
            except WrongCode as error:
                raise ValidationError({"code": WRONG_CODE}) from error


def _new_password_field(label: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **kwargs
    )


class InvitationForm(JapaneseForm):
    """The first password."""

    new_password1 = _new_password_field(
        "新しいパスワード",
        help_text="15文字以上。関係のない言葉をいくつか並べると、覚えやすく破られにくくなります。",
    )
    new_password2 = _new_password_field("新しいパスワード(確認のためもう一度)")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("new_password1"), cleaned.get("new_password2")
        if first and second and first != second:
            raise ValidationError({"new_password2": "二つのパスワードが違います。同じものを入力してください。"})
        if first:
            try:
                password_validation.validate_password(first, self.user)
            except ValidationError as error:
                raise ValidationError({"new_password1": error.messages}) from error
        return cleaned


class PasswordChangeForm(DjangoPasswordChangeForm):
    """Django's form, counting a wrong old password like a wrong log-in."""

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if authenticate(context.request, username=self.user.get_username(), password=old) is None:
            raise ValidationError("いまのパスワードが違います。もう一度入力してください。", code="password_incorrect")
        return old
