"""Reading agreements and plans."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from agreements.enums import PlanStatus

if TYPE_CHECKING:
    from accounts.scope import Actor
    from agreements.models import Agreement, BusinessPlan, CountingRules


class AgreementQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """Agreements one of whose parties stands above, at or below the actor's organisation."""
        return self.filter(
            pk__in=self.model._meta.get_field("parties")
            .related_model.objects.filter(organisation__in=actor.lineage_ids)
            .values("agreement")
        )

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
