"""Changing users and their memberships."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from accounts.access_log import Event, happened
from accounts.enums import KINDS_COVERING_CHILDREN, AccessAct, OrganisationKind, Permission, Role, permissions_of
from accounts.models import Invitation, Membership, Organisation, RecoveryCode, User
from accounts.sessions import end_sessions
from core.periods import DateStyle


class AccountError(Exception):
    """Something about an account was refused; the message is for the screen."""


class InvitationNotOpen(AccountError):
    """The link was used, withdrawn or is too old."""

    def __init__(self) -> None:
        super().__init__(
            "この招待リンクは使えません。期限が過ぎたか、すでに使われています。管理者に新しいリンクを頼んでください。"
        )


class OwnAccount(AccountError):
    """Nobody gives oneself rights, and an administrator alone is not to become a caseworker (A32)."""

    def __init__(self) -> None:
        super().__init__(
            "自分の所属・招待・二要素認証・共通ログインは、この画面では変えられません。ほかのシステム管理者に頼んでください。"
        )


class AlreadyLinked(AccountError):
    """The subject of the sign-on belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("この識別子は、ほかの利用者につながっています。識別子を確かめてください。")


def not_oneself(*, user: User, by: User) -> None:
    """Raises OwnAccount."""
    if user.pk == by.pk:
        raise OwnAccount


def _tell(
    *,
    user: User,
    by: User,
    on: dt.date,
    what: str,
    act: AccessAct,
    organisation: Organisation | None = None,
    is_user_told: bool = True,
) -> None:
    """What an administrator did to an account: into the log of each organisation concerned, where its managers
    find it (閲覧の記録), and by mail to these and to the user when there is a mail server."""
    if organisation is None:
        current = Membership.objects.current(on).filter(user=user).select_related("organisation").order_by("pk")
        concerned = {row.organisation_id: row.organisation for row in current}
    else:
        concerned = {organisation.pk: organisation}
    addresses = {user.email} if is_user_told else set()
    for one in concerned.values():
        happened(Event(act, by, purpose=f"{user.name}さん: {what}", organisation_id=one.pk))
        above = Organisation.objects.filter(pk__in=Organisation.objects.ancestor_ids(one.pk))
        covering = [*above.filter(kind__in=KINDS_COVERING_CHILDREN).values_list("pk", flat=True), one.pk]
        managers = Membership.objects.current(on).filter(organisation__in=covering, role=Role.MANAGER)
        addresses |= set(managers.filter(user__is_active=True).values_list("user__email", flat=True))
    if not concerned:
        happened(Event(act, by, purpose=f"{user.name}さん: {what}"))
    if not settings.EMAIL_CONFIGURED:
        return
    body = (
        f"システム管理者の{by.name}さんが、{user.name}さんの利用者登録を変えました。\n\n{what}\n\n"
        "心当たりのないときは、すぐにシステム管理者と情報セキュリティの担当に連絡してください。\n"
    )
    for address in sorted(addresses - {"", by.email}):
        send_mail("ittai 利用者登録の変更", body, None, [address], fail_silently=True)


def _opens_cases(membership: Membership) -> bool:
    kind = OrganisationKind(membership.organisation.kind)
    return Permission.VIEW_CASES in permissions_of(Role(membership.role), kind)


def _tell_membership(membership: Membership, *, by: User, on: dt.date) -> None:
    what = f"{membership.organisation.name}の{membership.get_role_display()}にした"
    if _opens_cases(membership):
        what += "(ケースが見える役割)"
    _tell(user=membership.user, by=by, on=on, what=what, act=AccessAct.CHANGE, organisation=membership.organisation)


@transaction.atomic
def add_user(
    *,
    username: str,
    name: str,
    email: str,
    organisation: Organisation,
    role: Role,
    title: str,
    on: dt.date,
    by: User,
) -> User:
    """A new user with a first membership from that day; the password comes with the invitation."""
    user = User.objects.create_user(username, None, name=name, email=email)
    first = Membership.objects.create(user=user, organisation=organisation, role=role, title=title, valid_from=on)
    _tell_membership(first, by=by, on=on)
    return user


@transaction.atomic
def give_membership(*, membership: Membership, by: User, on: dt.date) -> None:
    """A further membership, as the form made it. Raises OwnAccount."""
    not_oneself(user=membership.user, by=by)
    membership.save(force_insert=True)
    _tell_membership(membership, by=by, on=on)


@transaction.atomic
def end_membership(*, membership: Membership, by: User, on: dt.date) -> None:
    """The last day of a membership; from the next day it opens nothing. Raises OwnAccount."""
    not_oneself(user=membership.user, by=by)
    membership.valid_to = max(on, membership.valid_from)
    membership.save(update_fields=["valid_to"])


@transaction.atomic
def set_active(*, user: User, is_active: bool) -> None:
    """Disable or enable a log-in; a disabled user is out at the next request."""
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_sessions(user)


@transaction.atomic
def show_dates(*, user: User, style: DateStyle) -> None:
    """How days are shown to this user."""
    User.objects.filter(pk=user.pk).update(date_style=style)


@transaction.atomic
def set_typing(*, user: User, has_shortcuts: bool, is_moved_on: bool) -> None:
    """How this user's keyboard behaves."""
    User.objects.filter(pk=user.pk).update(has_shortcuts=has_shortcuts, is_moved_on=is_moved_on)


def token_hash(token: str) -> str:
    """SHA-256 is enough: the token carries 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, user: User, by: User, at: dt.datetime) -> str:
    """A new link for this user; earlier ones stop working. Returns the token, which is kept nowhere.

    Raises OwnAccount.
    """
    not_oneself(user=user, by=by)
    what = "パスワードを設定する招待リンクを発行した"  # the user gets the link itself
    _tell(user=user, by=by, on=timezone.localdate(at), what=what, act=AccessAct.CHANGE, is_user_told=False)
    user.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    expires_at = at + dt.timedelta(hours=settings.INVITATION_HOURS)
    Invitation.objects.create(
        user=user, token_hash=token_hash(token), invited_by=by, invited_at=at, expires_at=expires_at
    )
    return token


def mail_invitation(*, user: User, url: str) -> bool:
    """Send the link as well, when there is a mail server and an address; False when nothing was sent."""
    if not (settings.EMAIL_CONFIGURED and user.email):
        return False
    body = (
        f"{user.name} 様\n\nittaiの利用者登録のご案内です。\n"
        f"{settings.INVITATION_HOURS}時間以内に次のリンクを開き、パスワードを設定してください。\n\n{url}\n"
    )
    return bool(send_mail("ittai 利用者登録のご案内", body, None, [user.email], fail_silently=True))


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: dt.datetime) -> User:
    """Set the password once; the first of two at the same time wins. Raises InvitationNotOpen."""
    hashed = token_hash(token)
    if not Invitation.objects.open(at).filter(token_hash=hashed).update(used_at=at):
        raise InvitationNotOpen
    user = Invitation.objects.select_related("user").get(token_hash=hashed).user
    if not user.is_active:
        raise InvitationNotOpen
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    return user


@transaction.atomic
def reset_second_factor(*, user: User, by: User, on: dt.date) -> None:
    """For somebody who lost phone, key and recovery codes: the next log-in sets up anew. Raises OwnAccount."""
    not_oneself(user=user, by=by)
    _tell(user=user, by=by, on=on, what="二要素認証を外した", act=AccessAct.SECOND_FACTOR)
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user)


@transaction.atomic
def link_sign_on(*, user: User, subject: str, by: User, on: dt.date) -> None:
    """The organisation's sign-on opens this account from now on. Raises AlreadyLinked, OwnAccount."""
    not_oneself(user=user, by=by)
    account, is_new = SocialAccount.objects.get_or_create(
        provider=settings.OIDC_PROVIDER_ID, uid=subject, defaults={"user": user}
    )
    if not is_new and account.user_id != user.pk:
        raise AlreadyLinked
    _tell(user=user, by=by, on=on, what="共通ログインとつないだ", act=AccessAct.CHANGE)


@transaction.atomic
def unlink_sign_on(*, user: User) -> None:
    """The organisation's sign-on no longer opens this account."""
    SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER_ID, user=user).delete()
