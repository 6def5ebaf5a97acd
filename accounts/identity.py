"""Screens with which people prove who they are and look after their own account."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password, resume_request
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, secondfactor, sessions
from accounts.access_log import Event, happened
from accounts.adapters import sign_on_links
from accounts.clock import SEEN_KEY, remaining
from accounts.confirm import confirm, reauthenticated
from accounts.credentials import InvitationForm, ProofForm
from accounts.enums import AccessAct
from accounts.forms import DateStyleForm
from accounts.models import Invitation, User
from core.periods import DateStyle


class LoginView(auth_views.LoginView):
    """User id and password; allauth then asks for the second factor of those who have one."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_sign_on()}

    def form_valid(self, form: Any) -> HttpResponse:
        return perform_login(self.request, form.get_user(), redirect_url=self.get_success_url())


def _sign_on() -> dict[str, Any]:
    return {
        "sign_on_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "sign_on_provider": settings.OIDC_PROVIDER_ID,
    }


class PasswordChangeView(auth_views.PasswordChangeView):
    """Other sessions of the user end with the old password; this one goes on under a new key."""

    success_url = reverse_lazy("password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        old = self.request.session.session_key
        response = super().form_valid(form)
        sessions.follow_key(self.request, old)
        user: User = self.request.user  # type: ignore[assignment]
        sessions.end_sessions(user, keep=self.request.session.session_key)
        happened(Event(AccessAct.ACCOUNT, user, purpose="本人がパスワードを変えた"))
        return response


def _kinds(request: HttpRequest) -> frozenset[str]:
    return frozenset(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))


def _next(request: HttpRequest) -> str:
    """Where the person came from, when that is a path of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else reverse("today")


@never_cache
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """The step-up: password and second factor again, a new session key, then back to where one was."""
    kinds = _kinds(request)
    form = ProofForm(request.POST or None, user=request.user, kinds=kinds)  # type: ignore[arg-type]
    if request.method == "POST" and form.fields and form.is_valid():
        sessions.change_key(request)
        confirm(request)
        reauthenticate_by_password(request)
        return resume_request(request) or redirect(_next(request))
    data = {"request_options": begin_authentication(request.user)} if "webauthn" in kinds else None
    return render(
        request,
        "account/reauthenticate.html",
        {"form": form, "next": _next(request), "has_key": "webauthn" in kinds, "js_data": data},
    )


@require_POST
def date_style(request: HttpRequest) -> HttpResponse:
    """How days are shown to me from now on."""
    form = DateStyleForm(request.POST, instance=request.user)  # type: ignore[arg-type]
    if form.is_valid():
        actions.show_dates(user=request.user, style=DateStyle(form.cleaned_data["date_style"]))  # type: ignore[arg-type]
        messages.success(request, "日付の表示を変えました。帳票(PDF)の日付は、様式のとおり和暦のままです。")
    else:
        messages.error(request, "日付の表示を選び直してください。変えていません。")
    return redirect("account_settings")


@never_cache
@require_safe
def account_settings(request: HttpRequest) -> HttpResponse:
    """What one has set up to prove who one is."""
    authenticators = Authenticator.objects.filter(user=request.user).order_by("created_at")
    codes = request.user.recovery_codes  # type: ignore[union-attr]
    return render(
        request,
        "accounts/account_settings.html",
        {
            "totp": next((a for a in authenticators if a.type == Authenticator.Type.TOTP), None),
            "keys": [(a, address_of(a)) for a in authenticators if a.type == Authenticator.Type.WEBAUTHN],
            "date_form": DateStyleForm(instance=request.user),  # type: ignore[arg-type]
            "codes_total": codes.count(),
            "codes_left": codes.filter(used_at__isnull=True).count(),
            "is_required": settings.MFA_REQUIRED,
            "links": sign_on_links(request.user),  # type: ignore[arg-type]
            **_sign_on(),
        },
    )


def _after_enrolment(request: HttpRequest) -> str:
    """The first second factor leads to the recovery codes."""
    messages.success(request, "二要素認証を設定しました。次のログインから使います。")
    has_codes = request.user.recovery_codes.exists()  # type: ignore[union-attr]
    return reverse("account_settings" if has_codes else "recovery_codes")


class ActivateTotpView(totp_views.ActivateTOTPView):
    template_name = "mfa/totp/activate_form.html"

    def get_success_url(self) -> str:
        return _after_enrolment(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        totp = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        secondfactor.mark_used(totp, form.counter)
        return response


class DeactivateTotpView(totp_views.DeactivateTOTPView):
    template_name = "mfa/totp/deactivate_form.html"
    success_url = reverse_lazy("account_settings")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _after_removal(self.request)
        return response


class AddSecurityKeyView(webauthn_views.AddWebAuthnView):
    template_name = "mfa/webauthn/add_form.html"

    def get_success_url(self) -> str:
        return _after_enrolment(self.request)


def address_of(key: Authenticator) -> str:
    """What stands for a key in addresses: its number counts the keys of everybody (security.md A24)."""
    return salted_hmac("accounts.security-key", str(key.pk)).hexdigest()[:32]


class RemoveSecurityKeyView(webauthn_views.RemoveWebAuthnView):
    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    success_url = reverse_lazy("account_settings")

    def get_object(self, queryset: Any = None) -> Authenticator:
        for key in self.get_queryset():
            if address_of(key) == self.kwargs["address"]:
                return key
        raise Http404

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _after_removal(self.request)
        return response


def _after_removal(request: HttpRequest) -> None:
    """Without a second factor recovery codes open nothing and go."""
    messages.success(request, "認証手段を外しました。次のログインから、残っている方法を使います。")
    sessions.forget_second_factor(request)
    if not _kinds(request):
        request.user.recovery_codes.all().delete()  # type: ignore[union-attr]


@never_cache
@reauthenticated
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New codes are shown in the answer to the POST and nowhere else, so there is no redirect."""
    if not sessions.has_second_factor(request):
        messages.info(request, "回復コードは、認証アプリかセキュリティキーを登録してから作れます。")
        return redirect("account_settings")
    codes = None
    if request.method == "POST":
        codes = secondfactor.new_recovery_codes(user=request.user, at=timezone.now())  # type: ignore[arg-type]
    left = request.user.recovery_codes.filter(used_at__isnull=True).count()  # type: ignore[union-attr]
    return render(request, "mfa/recovery_codes.html", {"codes": codes, "codes_left": left})


def session_list(request: HttpRequest) -> HttpResponse:
    """The places where one is logged in now, and ending them."""
    user, key = request.user, request.session.session_key
    if request.method == "POST":
        posted = request.POST.get("device", "")
        pk = int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 15 else None
        if posted and pk is None:
            return redirect("session_list")
        ended = sessions.end_sessions(user, keep=key, pk=pk)  # type: ignore[arg-type]
        messages.success(
            request, f"{ended}件のログインを終わらせました。その端末では、次の操作からログインし直しになります。"
        )
        return redirect("session_list")
    devices = sessions.devices_of(user, key)  # type: ignore[arg-type]
    return render(request, "usersessions/session_list.html", {"devices": devices})


@login_not_required
@never_cache
@require_safe
def session_status(request: HttpRequest) -> HttpResponse:
    """How long the session still lives, for the warning in the browser; asking does not prolong it."""
    if not request.user.is_authenticated:
        return sessions.logged_out(request)
    return _clocks(request)


@require_POST
def session_extend(request: HttpRequest) -> HttpResponse:
    """The person said that they are still there."""
    request.session[SEEN_KEY] = time.time()
    return _clocks(request)


def _clocks(request: HttpRequest) -> JsonResponse:
    """How much time is left, whose log-in it is, and the token that posts of the open page need now."""
    left = remaining(request.session)
    return JsonResponse(
        {
            "idle_seconds_left": left.idle,
            "absolute_seconds_left": left.absolute,
            "user": request.user.pk,
            "csrf": get_token(request),
        }
    )


@require_POST
def sign_on_unlink(request: HttpRequest) -> HttpResponse:
    """The organisation's sign-on no longer opens my account; the password stays."""
    if request.user.has_usable_password():  # type: ignore[union-attr]
        actions.leave_sign_on(user=request.user)  # type: ignore[arg-type]
        messages.success(
            request, f"{settings.OIDC_NAME}とのつながりを外しました。パスワードでログインできます。もう一度つなげます。"
        )
    else:
        messages.error(request, "パスワードがないため外せません。管理者に招待リンクを頼んでください。")
    return redirect("account_settings")


@login_not_required
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password on a link from the administrator; reading the page does not use it up."""
    found = (
        Invitation.objects.open(timezone.now())
        .filter(token_hash=actions.token_hash(token), user__is_active=True)
        .select_related("user")
        .first()
    )
    if found is None:
        return render(request, "accounts/invitation_over.html", {"error": actions.InvitationNotOpen()}, status=410)
    form = InvitationForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_invitation(
                token=token, password=form.cleaned_data["new_password1"], at=timezone.now()
            )
        except actions.InvitationNotOpen as error:
            return render(request, "accounts/invitation_over.html", {"error": error}, status=410)
        messages.success(request, "パスワードを設定しました。続けて、二要素認証を設定してください。")
        return perform_login(request, user, redirect_url=reverse("account_settings"))
    return render(request, "accounts/invitation.html", {"form": form, "invited": found.user})
