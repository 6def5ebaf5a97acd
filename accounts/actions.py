"""Changing users, their memberships and organisations; what administrators do is told (accounts/trail.py)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import lockout
from accounts.access_log import Event, Reader, happened, write
from accounts.enums import AccessAct, OrganisationKind, Permission, Role, permissions_of
from accounts.models import Invitation, Membership, Organisation, RecoveryCode, User
from accounts.sessions import end_sessions
from accounts.trail import mail_after_commit, tell_of_organisation, tell_of_user
from core.db import hold
from core.periods import DateStyle, shown_date


class AccountError(Exception):
    """Something about an account was refused; the message is for the screen."""


class InvitationNotOpen(AccountError):
    """The link was used, withdrawn or is too old."""

    def __init__(self) -> None:
        super().__init__(
            "この招待リンクは使えません。期限が過ぎたか、すでに使われています。管理者に新しいリンクを頼んでください。"
        )


class OwnAccount(AccountError):
    """An administrator changes nothing of the own account (A32).

    That keeps nobody from making a second account and inviting oneself there: against that stands not a lock but
    that it is told to the managers of the organisation (accounts/trail.py).
    """

    def __init__(self) -> None:
        super().__init__("自分の利用者登録は、この画面では変えられません。ほかのシステム管理者に頼んでください。")


class MembershipOver(AccountError):
    """It had ended before: to end it again would open it once more."""

    def __init__(self, last: dt.date) -> None:
        super().__init__(f"この所属は{shown_date(last)}で終わりにしてあります。続けるときは所属を追加してください。")


class AlreadyBegun(AccountError):
    """There is an administrator who logs in."""

    def __init__(self) -> None:
        super().__init__("ログインできるシステム管理者がすでにいます。利用者は、その人が画面で登録します。")


class AlreadyLinked(AccountError):
    """The subject of the sign-on belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("この識別子は、ほかの利用者につながっています。識別子を確かめてください。")


def _not_oneself(*, user: User, by: User) -> None:
    """Raises OwnAccount."""
    if user.pk == by.pk:
        raise OwnAccount


def _tell_membership(membership: Membership, *, by: User, on: dt.date) -> None:
    """What the role opens stands before names, however long these are: the log keeps 200 characters."""
    kind = OrganisationKind(membership.organisation.kind)
    opens_cases = Permission.VIEW_CASES in permissions_of(Role(membership.role), kind)
    given = "ケースが見える役割" if opens_cases else "役割"
    what = f"{given}にした({membership.get_role_display()}、{membership.organisation.name})"
    tell_of_user(user=membership.user, by=by, on=on, what=what, organisation=membership.organisation)


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
    _not_oneself(user=membership.user, by=by)
    membership.save(force_insert=True)
    _tell_membership(membership, by=by, on=on)


@transaction.atomic
def end_membership(*, membership: Membership, by: User, on: dt.date) -> None:
    """Its last day; from the next day it opens nothing. One that has not begun is taken back and opens no day.

    Raises OwnAccount, MembershipOver.
    """
    _not_oneself(user=membership.user, by=by)
    stored = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    if stored.valid_to is not None and stored.valid_to <= on:
        raise MembershipOver(stored.valid_to)
    done = "所属を終わりにした" if stored.has_begun(on) else "始まる前の所属を取り消した"
    if stored.has_begun(on):
        stored.valid_to = on
        stored.save(update_fields=["valid_to"])
    else:
        stored.delete()
    what = f"{done}({membership.get_role_display()}、{membership.organisation.name})"
    tell_of_user(user=membership.user, by=by, on=on, what=what, organisation=membership.organisation)


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: User, on: dt.date) -> None:
    """Disable or enable a log-in; a disabled user is out at the next request. Raises OwnAccount."""
    _not_oneself(user=user, by=by)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_sessions(user)
    tell_of_user(user=user, by=by, on=on, what="利用を再開した" if is_active else "利用を止めた")


@transaction.atomic
def release_lock(*, user: User, by: User, on: dt.date) -> None:
    """Wrong log-ins of this account are forgotten: it may try again at once. Raises OwnAccount."""
    _not_oneself(user=user, by=by)
    lockout.release(user)
    tell_of_user(user=user, by=by, on=on, what="ログインの停止を解いた")


@transaction.atomic
def end_all_sessions(*, user: User, by: User, on: dt.date) -> int:
    """The user logs in anew everywhere; how many log-ins were ended. Raises OwnAccount."""
    _not_oneself(user=user, by=by)
    ended = end_sessions(user)
    tell_of_user(user=user, by=by, on=on, what="すべてのログインを終わらせた")
    return ended


@transaction.atomic
def save_organisation(*, organisation: Organisation, by: User, on: dt.date) -> None:
    """A new organisation, or a changed one, as the form made it.

    Told to it and to what stands or stood above it; when kind, place or use change, also to all below, whose cases
    others may see from now on.
    """
    # no_key: an entry of the access log points at its organisation. It asks for the row while it holds the chain, which
    # this request wants next; neither would ever get both.
    before = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    organisation.save()
    decisive, others = _organisation_changes(organisation, before)
    if not (decisive or others):
        return
    parents = (organisation.parent_id, before.parent_id if before else None)
    concerned = {organisation.pk, *(parent for parent in parents if parent is not None)}
    if decisive:
        concerned |= set(Organisation.objects.descendant_ids([organisation.pk]))
    what = f"{organisation.short_name}: {'、'.join([*decisive, *others])}"
    tell_of_organisation(by=by, on=on, what=what, concerned=concerned)


def _organisation_changes(organisation: Organisation, before: Organisation | None) -> tuple[list[str], list[str]]:
    """(what decides what an office sees, with its new value; the names of other changed fields)."""
    parent = organisation.parent.short_name if organisation.parent else "なし"
    kind, place = f"種別を{organisation.get_kind_display()}にした", f"上位の機関を{parent}にした"
    if before is None:
        return ["機関を登録した", kind, place], []
    said = {"is_active": "利用を再開した" if organisation.is_active else "利用を止めた", "kind": kind, "parent": place}
    changed = {
        field.name: str(field.verbose_name)
        for field in Organisation._meta.concrete_fields
        if field.value_from_object(before) != field.value_from_object(organisation)
    }
    others = [f"{label}を変えた" for name, label in changed.items() if name not in said]
    return [words for name, words in said.items() if name in changed], others


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
    _not_oneself(user=user, by=by)
    token = _new_invitation(user=user, by=by, at=at)
    what = "パスワードを設定する招待リンクを発行した"  # the user gets the link itself
    tell_of_user(user=user, by=by, on=timezone.localdate(at), what=what, is_user_told=False)
    return token


def _new_invitation(*, user: User, by: User, at: dt.datetime) -> str:
    user.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    expires_at = at + dt.timedelta(hours=settings.INVITATION_HOURS)
    Invitation.objects.create(
        user=user, token_hash=token_hash(token), invited_by=by, invited_at=at, expires_at=expires_at
    )
    return token


@dataclass(frozen=True)
class Newcomer:
    """Who is to become an administrator."""

    username: str
    name: str
    email: str


@transaction.atomic
def begin(*, operator_name: str, newcomers: Sequence[Newcomer], at: dt.datetime) -> list[str]:
    """The first administrators of an empty system, invited by one another; the tokens of their links.

    For the command alone, where nobody is logged in. May be repeated when the links ran out before anybody set a
    password. Raises AlreadyBegun; ValidationError when a user id, name, address or the operator cannot be kept.
    """
    hold("first administrators")  # of two commands at the same time one waits
    on = timezone.localdate(at)
    administrators = Membership.objects.current(on).filter(role=Role.ADMINISTRATOR)
    users_before = [row.user for row in administrators.select_related("user")]
    if any(user.has_usable_password() or user.last_login for user in users_before):
        raise AlreadyBegun
    operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR, name=operator_name).first()
    if operator is None:
        operator = Organisation(kind=OrganisationKind.OPERATOR, name=operator_name, short_name=operator_name[:60])
        operator.full_clean()
        operator.save()
    waiting = {user.username: user for user in users_before}
    users = []
    for newcomer in newcomers:
        user = waiting.get(newcomer.username)
        if user is None:
            user = User(username=newcomer.username, name=newcomer.name, email=newcomer.email)
            user.set_unusable_password()
            user.full_clean()
            user.save()
            Membership.objects.create(user=user, organisation=operator, role=Role.ADMINISTRATOR, valid_from=on)
            write(
                reader=Reader(organisation_id=operator.pk),
                act=AccessAct.ACCOUNT,
                route="",
                request_id=uuid4(),
                subjects=[],
                purpose=f"{user.name}さん: はじめのシステム管理者として登録した",
            )
        users.append(user)
    return [_new_invitation(user=user, by=users[place - 1], at=at) for place, user in enumerate(users)]


def mail_invitation(*, user: User, url: str) -> bool:
    """Send the link as well after the commit, when there is a mail server and an address; False when there is not."""
    if not (settings.EMAIL_CONFIGURED and user.email):
        return False
    body = (
        f"{user.name} 様\n\nittaiの利用者登録のご案内です。\n"
        f"{settings.INVITATION_HOURS}時間以内に次のリンクを開き、パスワードを設定してください。\n\n{url}\n"
    )
    mail_after_commit("ittai 利用者登録のご案内", body, to=[user.email])
    return True


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
    # The log-in that follows has an entry only when the second factor is given, too.
    happened(Event(AccessAct.ACCOUNT, user, purpose="招待リンクでパスワードを設定した"))
    return user


@transaction.atomic
def reset_second_factor(*, user: User, by: User, on: dt.date) -> None:
    """For somebody who lost phone, key and recovery codes: the next log-in sets up anew. Raises OwnAccount."""
    _not_oneself(user=user, by=by)
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user)
    tell_of_user(user=user, by=by, on=on, what="二要素認証を外した")


@transaction.atomic
def link_sign_on(*, user: User, subject: str, by: User, on: dt.date) -> None:
    """The organisation's sign-on opens this account from now on. Raises AlreadyLinked, OwnAccount."""
    _not_oneself(user=user, by=by)
    account, is_new = SocialAccount.objects.get_or_create(
        provider=settings.OIDC_PROVIDER_ID, uid=subject, defaults={"user": user}
    )
    if not is_new and account.user_id != user.pk:
        raise AlreadyLinked
    tell_of_user(user=user, by=by, on=on, what="共通ログインとつないだ")


@transaction.atomic
def unlink_sign_on(*, user: User, by: User, on: dt.date) -> None:
    """The organisation's sign-on no longer opens this account. Raises OwnAccount."""
    _not_oneself(user=user, by=by)
    SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER_ID, user=user).delete()
    tell_of_user(user=user, by=by, on=on, what="共通ログインとのつながりを外した")


@transaction.atomic
def leave_sign_on(*, user: User) -> None:
    """Somebody cuts the own account off from the organisation's sign-on."""
    if SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER_ID, user=user).delete()[0]:
        happened(Event(AccessAct.ACCOUNT, user, purpose="本人が共通ログインとのつながりを外した"))
