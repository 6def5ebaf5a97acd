"""Where allauth asks us: who logs in, how secrets are kept, whom the organisation's sign-on lets in."""

from __future__ import annotations

from typing import Any, NoReturn

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import MultiFernet
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from qrcode.image.svg import SvgPathImage

from accounts.access_log import Event, happened
from accounts.ciphers import cipher_for
from accounts.claims import is_vouched
from accounts.confirm import confirm, confirmed_recently
from accounts.enums import AccessAct
from accounts.lockout import client_address
from accounts.models import User
from core.periods import now

WRONG_CODE = "確認コードが違います。アプリに表示されている新しいコードを入力してください。"


class AccountAdapter(DefaultAccountAdapter):
    """Users log in; they do not sign up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Everything that was asked for was given: Django makes the new session key, and a step-up has just been."""
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        confirm(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        happened(Event(AccessAct.LOGIN_FAILED, user))
        return render(request, "socialaccount/refused.html", status=403)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not confirmed_recently(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        if not user.is_authenticated:
            return []
        return [{"id": "confirm", "description": "もう一度ログイン", "url": reverse("account_reauthenticate")}]

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Our views say what happened; allauth's own sentences are not shown."""


def _cipher() -> MultiFernet:
    return cipher_for("ittai second factor", (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are encrypted with a key that is not in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "最後の認証手段は外せません。先に別の認証手段を登録してください。",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """A drawing for the page itself: no image from a data: address, which the content policy refuses."""
        image: Any = qrcode.make(url, image_factory=SvgPathImage)
        return str(image.to_string(encoding="unicode"))

    def get_totp_issuer(self) -> str:
        return "ittai"

    def _get_site_name(self) -> str:
        return "ittai"

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        others = type(authenticator).objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return not settings.MFA_REQUIRED or others.exists()


class SignOnAdapter(DefaultSocialAccountAdapter):
    """The organisation's provider opens the account that was linked to issuer and subject, and no other."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        linking = request.user.is_authenticated and sociallogin.state.get("process") == "connect"
        user: Any = request.user if linking else None
        linked = sociallogin.user if sociallogin.is_existing else None
        if not is_vouched(sociallogin.account.extra_data, at=now()):
            self._refuse(request, "socialaccount/doubtful.html", 403, user or linked)
        if linked is None and not linking:
            self._refuse(request, "socialaccount/stranger.html", 403, None)
        if linking and linked is not None and linked != user:
            self._refuse(request, "socialaccount/taken.html", 409, user)

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        raise self._answer(request, "socialaccount/failed.html", 502)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account_settings")

    def _refuse(self, request: HttpRequest, template: str, status: int, user: User | None) -> NoReturn:
        happened(Event(AccessAct.LOGIN_FAILED, user))
        raise self._answer(request, template, status)

    @staticmethod
    def _answer(request: HttpRequest, template: str, status: int) -> ImmediateHttpResponse:
        return ImmediateHttpResponse(render(request, template, {"name": settings.OIDC_NAME}, status=status))


def sign_on_links(user: User) -> Any:
    """The links of a user to the provider that is configured now."""
    return user.socialaccount_set.filter(provider=settings.OIDC_PROVIDER_ID)  # type: ignore[attr-defined]
