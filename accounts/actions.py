"""Changing users and their memberships."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.enums import Role
from accounts.models import Membership, Organisation, User


@transaction.atomic
def add_user(
    *,
    username: str,
    name: str,
    email: str,
    password: str,
    organisation: Organisation,
    role: Role,
    title: str,
    on: dt.date,
) -> User:
    """A new user with a first membership from that day."""
    user = User.objects.create_user(username, password, name=name, email=email)
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
