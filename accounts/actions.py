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

from accounts.enums import Role
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


class AlreadyLinked(AccountError):
    """The subject of the sign-on belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("この識別子は、ほかの利用者につながっています。識別子を確かめてください。")


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
) -> User:
    """A new user with a first membership from that day; the password comes with the invitation."""
    user = User.objects.create_user(username, None, name=name, email=email)
    Membership.objects.create(user=user, organisation=organisation, role=role, title=title, valid_from=on)
    return user


@transaction.atomic
def end_membership(*, membership: Membership, on: dt.date) -> None:
    """The last day of a membership; from the next day it opens nothing."""
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
    """A new link for this user; earlier ones stop working. Returns the token, which is kept nowhere."""
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
def reset_second_factor(*, user: User) -> None:
    """For somebody who lost phone, key and recovery codes: the next log-in sets up anew."""
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user)


@transaction.atomic
def link_sign_on(*, user: User, subject: str) -> None:
    """The organisation's sign-on opens this account from now on. Raises AlreadyLinked."""
    account, is_new = SocialAccount.objects.get_or_create(
        provider=settings.OIDC_PROVIDER_ID, uid=subject, defaults={"user": user}
    )
    if not is_new and account.user_id != user.pk:
        raise AlreadyLinked


@transaction.atomic
def unlink_sign_on(*, user: User) -> None:
    """The organisation's sign-on no longer opens this account."""
    SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER_ID, user=user).delete()
