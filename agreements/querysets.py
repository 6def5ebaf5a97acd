"""Reading agreements and plans."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import KINDS_COVERING_CHILDREN
from accounts.models import Organisation
from agreements.enums import PlanStatus

if TYPE_CHECKING:
    from accounts.scope import Actor
    from agreements.models import Agreement, BusinessPlan, CountingRules


class AgreementQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """Agreements that one of the actor's organisations signed or takes part in.

        Standing below a party is not enough: a labour bureau signs for many cities, and each of its
        Hello Work offices works for one.
        """
        parties = apps.get_model("agreements", "Party").objects.filter(organisation__in=actor.organisation_ids)
        taking_part = self.model.participants.through.objects.filter(organisation__in=actor.organisation_ids)
        return self.filter(Q(pk__in=parties.values("agreement")) | Q(pk__in=taking_part.values("agreement")))

    def organisation_ids(self, agreement: Agreement) -> list[int]:
        """For whom the agreement's figures are counted: parties, participants, and what a city covers."""
        organisations = Organisation.objects
        own = organisations.filter(Q(parties__agreement=agreement) | Q(agreements=agreement)).distinct()
        covering = own.filter(kind__in=KINDS_COVERING_CHILDREN).values_list("pk", flat=True)
        return sorted({*own.values_list("pk", flat=True), *organisations.descendant_ids(list(covering))})

    def valid_on(self, day: dt.date) -> AgreementQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class BusinessPlanQuerySet(models.QuerySet[Any]):
    def in_force(self, agreement: Agreement, fiscal_year: int) -> BusinessPlan | None:
        """The newest agreed version of the year's plan."""
        return (
            self.filter(agreement=agreement, fiscal_year=fiscal_year, status=PlanStatus.AGREED)
            .order_by("-version_number")
            .first()
        )


class CountingRulesQuerySet(models.QuerySet[Any]):
    def in_force(self, agreement: Agreement, fiscal_year: int) -> CountingRules | None:
        """The newest version for the year, else the newest of the last earlier year that has one."""
        return (
            self.filter(agreement=agreement, fiscal_year__lte=fiscal_year)
            .order_by("-fiscal_year", "-version_number")
            .first()
        )
