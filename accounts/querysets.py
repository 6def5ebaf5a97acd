"""Reading organisations and memberships."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Q

from accounts.enums import LOGIN_ACTS, Permission

if TYPE_CHECKING:
    from accounts.scope import Actor

_DESCENDANTS_SQL = """
WITH RECURSIVE below AS (
    SELECT id FROM accounts_organisation WHERE id = ANY(%s)
    UNION
    SELECT o.id FROM accounts_organisation o JOIN below b ON o.parent_id = b.id
) SELECT id FROM below
"""

_ANCESTORS_SQL = """
WITH RECURSIVE above AS (
    SELECT id, parent_id FROM accounts_organisation WHERE id = %s
    UNION
    SELECT o.id, o.parent_id FROM accounts_organisation o JOIN above a ON o.id = a.parent_id
) SELECT id FROM above
"""


class OrganisationQuerySet(models.QuerySet[Any]):
    def active(self) -> OrganisationQuerySet:
        return self.filter(is_active=True)

    @staticmethod
    def descendant_ids(ids: list[int]) -> list[int]:
        """These organisations and all below them."""
        with connection.cursor() as cursor:
            cursor.execute(_DESCENDANTS_SQL, [ids])
            return sorted(row[0] for row in cursor.fetchall())

    @staticmethod
    def ancestor_ids(pk: int) -> list[int]:
        """This organisation and all above it."""
        with connection.cursor() as cursor:
            cursor.execute(_ANCESTORS_SQL, [pk])
            return sorted(row[0] for row in cursor.fetchall())


class MembershipQuerySet(models.QuerySet[Any]):
    def current(self, today: dt.date) -> MembershipQuerySet:
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today),
            valid_from__lte=today,
            organisation__is_active=True,
            user__is_active=True,
        )


class InvitationQuerySet(models.QuerySet[Any]):
    def open(self, at: dt.datetime) -> InvitationQuerySet:
        """Neither used nor withdrawn nor too old.

        No join: an UPDATE over a join would not look again at a row that somebody else has just used up.
        """
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


class AccessEntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> AccessEntryQuerySet:
        """Whoever reviews reads sees what own organisations did; the administrator sees log-ins alone."""
        if actor.can(Permission.REVIEW_ACCESS):
            return self.filter(organisation__in=actor.organisation_ids)
        if actor.can(Permission.REVIEW_LOGINS):
            return self.filter(act__in=LOGIN_ACTS)
        return self.none()


class DraftQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> DraftQuerySet:
        """The user's own drafts, newest first; nobody else's are ever read."""
        return self.filter(user=user).order_by("-updated_at", "pk")
