"""Whom am I working for, and who works here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, drafts, lockout, sessions
from accounts.adapters import sign_on_links
from accounts.confirm import reauthenticated
from accounts.enums import Permission, Role
from accounts.forms import DraftForm, MembershipForm, NewUserForm, OrganisationForm, SignOnForm, TypingForm
from accounts.models import Draft, Membership, Organisation, User
from accounts.scope import MEMBERSHIP_KEY, Actor, requires
from core.forms import ConfirmForm
from core.periods import now, today
from core.templatetags.ui import clock, longmoment


@require_safe
def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_changed.html")


def typing_settings(request: HttpRequest) -> HttpResponse:
    """One's own keyboard: shortcuts on or off, moving on when the digits are full."""
    user = User.objects.get(username=request.user.get_username())
    form = TypingForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        actions.set_typing(user=user, **form.cleaned_data)
        messages.success(request, "入力のしかたを保存しました。次に開く画面から変わります。")
        return redirect("account_settings")
    return render(request, "accounts/typing_settings.html", {"form": form})


def choose_organisation(request: HttpRequest) -> HttpResponse:
    """The same person may work for two organisations; one at a time."""
    memberships = Membership.objects.current(today()).filter(user=request.user).select_related("organisation")
    if request.method == "POST":
        chosen = memberships.filter(pk=_id(request.POST)).first()
        if chosen is None:
            messages.error(request, "所属を選び直してください。選んだ所属は、いまは使えません。")
            return redirect("choose_organisation")
        request.session[MEMBERSHIP_KEY] = chosen.pk
        messages.success(request, f"{chosen.organisation.name}の{chosen.title_label}として作業します。")
        return redirect("today")
    return render(
        request,
        "accounts/choose_organisation.html",
        {"memberships": memberships.order_by("organisation__name", "pk")},
    )


def _id(data: QueryDict) -> int:
    """The membership that is named; 0, which is nobody's, for anything that is no id."""
    value = data.get("membership", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 15 else 0


@requires(Permission.MANAGE_ACCOUNTS)
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    users = User.objects.order_by("username").prefetch_related("memberships__organisation")
    return render(request, "accounts/account_list.html", {"users": users})


@requires(Permission.MANAGE_ACCOUNTS)
@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    organisations = Organisation.objects.select_related("parent").order_by("kind", "name")
    return render(request, "accounts/organisation_list.html", {"organisations": organisations})


@requires(Permission.MANAGE_ACCOUNTS)
@reauthenticated
def organisation_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Register an organisation, or change one: where it stands decides who sees its cases."""
    organisation = get_object_or_404(Organisation, pk=pk) if pk else None
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        actions.save_organisation(organisation=saved, by=_by(request), on=today())
        messages.success(request, f"{saved.name}を保存しました。利用者の所属や協定の当事者として選べます。")
        return redirect("organisation_list")
    title = "機関を直す" if organisation else "機関を登録する"
    context = {"form": form, "title": title, "organisation": organisation}
    return render(request, "accounts/organisation_form.html", context)


@requires(Permission.MANAGE_ACCOUNTS)
@reauthenticated
def account_new(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = actions.add_user(
            username=data["username"],
            name=data["name"],
            email=data["email"],
            organisation=data["organisation"],
            role=Role(data["role"]),
            title=data["title"],
            on=today(),
            by=_by(request),
        )
        messages.success(request, f"{user.name}さんを登録しました。続けて招待リンクを発行してください。")
        return redirect("account_invite", pk=user.pk)
    return render(request, "accounts/account_new.html", {"form": form})


def _by(request: HttpRequest) -> User:
    """The administrator at work."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.user


def _not_of_oneself(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Of one's own account an administrator changes nothing here (A32); what an action refuses is said in words."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except (actions.OwnAccount, actions.MembershipOver) as error:
            messages.error(request, str(error))
            return redirect("account_detail", pk=pk)

    return wrapped


@requires(Permission.MANAGE_ACCOUNTS)
@reauthenticated
@_not_of_oneself
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """The link is shown in the answer to the POST and kept nowhere, so there is no redirect."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    url, is_mailed = "", False
    if request.method == "POST":
        token = actions.invite(user=user, by=_by(request), at=timezone.now())
        url = request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
        is_mailed = actions.mail_invitation(user=user, url=url)
    return render(
        request,
        "accounts/account_invite.html",
        {"account": user, "url": url, "is_mailed": is_mailed, "hours": settings.INVITATION_HOURS},
    )


@requires(Permission.MANAGE_ACCOUNTS)
@reauthenticated
@_not_of_oneself
def account_sign_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a user to the organisation's sign-on, or cut the link."""
    user = get_object_or_404(User, pk=pk)
    form = SignOnForm(request.POST if "act" not in request.POST and request.POST else None)
    if request.method == "POST" and request.POST.get("act") == "unlink":
        actions.unlink_sign_on(user=user, by=_by(request), on=today())
        messages.success(
            request, f"{user.name}さんの{settings.OIDC_NAME}とのつながりを外しました。ほかの方法でログインします。"
        )
        return redirect("account_detail", pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            actions.link_sign_on(user=user, subject=form.cleaned_data["subject"], by=_by(request), on=today())
        except actions.AlreadyLinked as error:
            form.add_error("subject", str(error))
        else:
            messages.success(
                request, f"{user.name}さんを{settings.OIDC_NAME}とつなぎました。次からそこでログインできます。"
            )
            return redirect("account_detail", pk=pk)
    links = sign_on_links(user)
    return render(
        request,
        "accounts/account_sign_on.html",
        {"account": user, "form": form, "links": links, "name": settings.OIDC_NAME, "issuer": settings.OIDC_ISSUER},
    )


# Whose cases are whose is known above this room: the manager's own list counts them.
LEFT_CASES = (
    "この人が担当しているケースは誰にも移りません。{when}、管理者の「今日」と「担当と引継ぎ」に"
    "「担当のいないケース」として件数と一覧が出ます。「担当をまとめて引き継ぐ」で後任に移してもらってください。"
)
# What is asked about before: (title, what follows for the user).
ASKED = {
    "disable": (
        "利用を止める",
        "この人はすぐにログインできなくなり、開いている画面も使えなくなります。「利用を再開する」で戻せます。"
        + LEFT_CASES.format(when="すぐに"),
    ),
    "end": (
        "所属を今日で終わりにする",
        "明日から、この機関のケースも画面も見えなくなります。戻すときは所属を追加します。"
        + LEFT_CASES.format(when="明日から"),
    ),
    "end_sessions": (
        "すべてのログインを終わらせる",
        "ログイン中のすべての端末で、次の操作からログインし直しになります。書きかけは下書きに残ります。",
    ),
    "reset_second_factor": (
        "二要素認証を外す",
        "登録した認証アプリ・鍵・回復コードが使えなくなります。本人は次のログインで設定し直します。",
    ),
}

TAKEN_BACK = (
    "始まる前の所属を取り消す",
    "この所属はまだ始まっていません。取り消すと、始まる日が来てもこの機関のケースも画面も見えません。",
)


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    """Who it is and what follows, before an act of the administrator on a user."""
    act = request.GET["act"]
    title, lead = ASKED[act]
    facts = [("利用者", f"{user.name}({user.username})")]
    carries = {"act": act}
    if act == "end":
        membership = get_object_or_404(user.memberships.select_related("organisation"), pk=_id(request.GET))
        facts.append(("所属", f"{membership.organisation.name} {membership.title_label}"))
        carries["membership"] = str(membership.pk)
        if not membership.has_begun(today()):
            title, lead = TAKEN_BACK
    here = reverse("account_detail", kwargs={"pk": user.pk})
    context = {"title": title, "facts": facts, "lead": lead, "submit": title, "action": here, "back": here}
    return render(request, "confirm.html", {**context, "form": ConfirmForm(request, **carries)})


@requires(Permission.MANAGE_ACCOUNTS)
@reauthenticated
@_not_of_oneself
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if request.method != "POST" and request.GET.get("act") in ASKED:
        return _ask(request, user)
    form = MembershipForm(request.POST if request.POST and "act" not in request.POST else None, user=user)
    if request.method == "POST":
        match request.POST.get("act"):
            case None if form.is_valid():
                actions.give_membership(membership=form.save(commit=False), by=_by(request), on=today())
                messages.success(
                    request,
                    f"{user.name}さんの所属を追加しました。本人が「所属を切り替える」で選ぶと、その機関の画面が開きます。",
                )
                return redirect("account_detail", pk=pk)
            case "end":
                membership = get_object_or_404(user.memberships, pk=_id(request.POST))
                actions.end_membership(membership=membership, by=_by(request), on=today())
                messages.success(
                    request,
                    f"{user.name}さんの{membership.organisation}への所属を今日で終わりにしました。明日から見えなくなります。"
                    if membership.has_begun(today())
                    else f"{user.name}さんの{membership.organisation}への、始まる前の所属を取り消しました。",
                )
                return redirect("account_detail", pk=pk)
            case "disable" | "enable" as act:
                actions.set_active(user=user, is_active=act == "enable", by=_by(request), on=today())
                messages.success(
                    request,
                    f"{user.name}さんの利用を再開しました。前と同じパスワードでログインできます。"
                    if act == "enable"
                    else f"{user.name}さんの利用を止めました。「利用を再開する」で戻せます。",
                )
                return redirect("account_detail", pk=pk)
            case "release":
                actions.release_lock(user=user, by=_by(request), on=today())
                messages.success(request, f"{user.name}さんのログインの停止を解きました。すぐにログインできます。")
                return redirect("account_detail", pk=pk)
            case "end_sessions":
                ended = actions.end_all_sessions(user=user, by=_by(request), on=today())
                messages.success(
                    request, f"{user.name}さんの{ended}件のログインを終わらせました。本人はログインし直します。"
                )
                return redirect("account_detail", pk=pk)
            case "reset_second_factor":
                actions.reset_second_factor(user=user, by=_by(request), on=today())
                messages.success(
                    request, f"{user.name}さんの二要素認証を外しました。本人は次のログインで設定し直します。"
                )
                return redirect("account_detail", pk=pk)
    return render(
        request,
        "accounts/account_detail.html",
        {
            "account": user,
            "own_account": actions.OwnAccount() if user.pk == _by(request).pk else None,
            "memberships": [
                (one, one.valid_to is None or one.valid_to > today(), one.has_begun(today()))
                for one in user.memberships.select_related("organisation").order_by("-valid_from", "pk")
            ],
            "form": form,
            "locks": lockout.locks_of(user, timezone.now()),
            "devices": sessions.devices_of(user),
            "has_second_factor": Authenticator.objects.filter(user=user).exists(),
            "invitation": user.invitations.open(timezone.now()).first(),
            "links": sign_on_links(user),
            "issuer": settings.OIDC_ISSUER,
        },
    )


@require_POST
def draft_save(request: HttpRequest) -> HttpResponse:
    """Autosave of an open form; answers with what is true, in one sentence when it was not kept."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "下書きを保存できない入力です。入力はこの画面に残っています。"}, status=400)
    if actor is None or request.POST.get("user") != str(actor.user.pk):
        return JsonResponse({"error": "別の利用者でログインしています。入力はこの画面に残っています。"}, status=403)
    data, at = form.cleaned_data, now()
    try:
        version = drafts.save_draft(
            user=actor.user,
            key=data["key"],
            path=data["path"],
            query=drafts.without_draft(data["query"]),
            text=form.text(),
            seen=data["seen"],
            writer=data["writer"],
            step=data["step"],
            at=at,
        )
    except drafts.DraftOutdated as error:
        return JsonResponse({"error": str(error)}, status=409)
    except drafts.DraftAlreadySent as error:
        return JsonResponse({"error": str(error)}, status=410)
    return JsonResponse({"version": version, "saved_at": clock(at)})


def draft_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw one draft away, after asking, and go on with the empty form."""
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    back = f"{draft.path}?{draft.query}" if draft.query else draft.path
    if request.method == "POST":
        drafts.discard_drafts(user=request.user, key=draft.pk)  # type: ignore[arg-type]
        messages.success(request, f"{longmoment(draft.updated_at)}の下書きを捨てました。下は新しい入力です。")
        return redirect(back)
    return render(
        request,
        "confirm.html",
        {
            "title": "下書きを捨てる",
            "facts": [("下書き", f"{longmoment(draft.updated_at)}まで書いていたもの")],
            "lead": "まだ保存されていない入力が消えます。戻せません。保存した記録は変わりません。",
            "submit": "捨てる",
            "form": ConfirmForm(request),
            "back": back,
        },
    )


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out and forget the drafts; when there are any, only after asking."""
    if request.user.is_authenticated:
        unfinished = drafts.unfinished(request.user)
        if unfinished and not request.POST.get("wipe"):
            return render(request, "accounts/leave.html", {"unfinished": unfinished})
        drafts.discard_drafts(user=request.user)
        logout(request)
    return redirect("login")


@require_safe
def session_back(request: HttpRequest) -> HttpResponse:
    """Where a log-in in a second tab ends: the first tab goes on by itself."""
    return render(request, "accounts/session_back.html")
