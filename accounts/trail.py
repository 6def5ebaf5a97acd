"""What administrators do to accounts and organisations is told: into the logs of the organisations concerned, where
their managers find it (閲覧の記録), and by mail to these managers and the user when there is a mail server (A32).

Nothing here asks whether a user or an organisation is switched on: the administrator who is watched switches that.
To be called last in an action, when everything it tells has happened.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from accounts.access_log import Event, happened
from accounts.enums import KINDS_COVERING_CHILDREN, AccessAct, Role
from accounts.models import Membership, Organisation, User

logger = logging.getLogger(__name__)
# Who left so lately is still concerned: ending a membership first does not make the next act a secret.
STILL_CONCERNED = dt.timedelta(days=31)


def _concerned(on: dt.date) -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gte=on - STILL_CONCERNED)


def tell_of_user(
    *,
    user: User,
    by: User,
    on: dt.date,
    what: str,
    organisation: Organisation | None = None,
    is_user_told: bool = True,
) -> None:
    """Something was done to this account; of a membership, `organisation` is where it is, else all are concerned."""
    if organisation is None:
        rows = Membership.objects.filter(_concerned(on), user=user)
        concerned = sorted(set(rows.values_list("organisation_id", flat=True)))
    else:
        concerned = [organisation.pk]
    addresses = {user.email} if is_user_told else set()
    _tell(by=by, on=on, what=f"{user.name}さん: {what}", concerned=concerned, addresses=addresses)


def tell_of_organisation(*, by: User, on: dt.date, what: str, concerned: Collection[int]) -> None:
    """An organisation was registered or changed; `concerned` are those in whose logs it is to be found."""
    _tell(by=by, on=on, what=what, concerned=sorted(set(concerned)), addresses=set())


def _tell(*, by: User, on: dt.date, what: str, concerned: list[int], addresses: set[str]) -> None:
    for organisation_id in concerned or (None,):
        happened(Event(AccessAct.ACCOUNT, by, purpose=what, organisation_id=organisation_id))
    if not settings.EMAIL_CONFIGURED:
        return
    body = (
        f"システム管理者の{by.name}さんが、利用者や機関の登録を変えました。\n\n{what}\n\n"
        "心当たりのないときは、すぐにシステム管理者と情報セキュリティの担当に連絡してください。\n"
    )
    mail_after_commit("ittai 利用者・機関の登録の変更", body, bcc=addresses | managers_of(concerned, on))


def managers_of(concerned: list[int], on: dt.date) -> set[str]:
    """Mail addresses of the managers of these organisations and of the cities above them."""
    above = {pk for one in concerned for pk in Organisation.objects.ancestor_ids(one)}
    cities = Organisation.objects.filter(pk__in=above, kind__in=KINDS_COVERING_CHILDREN)
    covering = {*concerned, *cities.values_list("pk", flat=True)}
    managers = Membership.objects.filter(
        _concerned(on), organisation__in=covering, role=Role.MANAGER, valid_from__lte=on
    )
    return set(managers.values_list("user__email", flat=True))


def mail_after_commit(subject: str, body: str, *, to: Collection[str] = (), bcc: Collection[str] = ()) -> None:
    """One message over one connection when the change is kept; empty addresses are left out. Failures are logged."""
    message = EmailMessage(subject, body, to=sorted({*to} - {""}), bcc=sorted({*bcc} - {""}))
    transaction.on_commit(lambda: _send(message))


def _send(message: EmailMessage) -> None:
    try:
        message.send()  # nothing when there is no recipient
    except (SMTPException, OSError):
        logger.warning("The mail server refused or did not answer; a mail was not sent")
