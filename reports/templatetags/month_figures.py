"""The newest figures of each agreement in one short row, for first screens of other rooms.

A template names what stands above it, a module may not import it: cases/today_staff.html loads this.
"""

from __future__ import annotations

from typing import Any

from django import template

from accounts.enums import Permission
from accounts.scope import Actor
from agreements.models import Agreement
from reports import published
from reports.documents import main_rows, pace_sentences
from reports.enums import ReportStatus
from reports.figures import from_json
from reports.models import MonthlyReport

register = template.Library()
COUNTED = (ReportStatus.COUNTED, ReportStatus.RETURNED, ReportStatus.CLOSED)


@register.inclusion_tag("reports/_month_figures.html")
def month_figures(actor: Actor) -> dict[str, Any]:
    """Target and actual of my agreements as last counted; without the right to exact figures only what is published.

    Whoever sees published figures alone gets closed months with their small cells withheld.
    """
    if not actor.can(Permission.VIEW_REPORTS):
        return {"rows": [], "missing": []}
    sees_all = actor.can(Permission.VIEW_EXACT_FIGURES)
    reports = (
        MonthlyReport.objects.visible_to(actor)
        .filter(status__in=COUNTED if sees_all else [ReportStatus.CLOSED], figures__isnull=False)
        .select_related("agreement")
        .order_by("agreement__name", "agreement_id", "-month", "-revision")
        .distinct("agreement__name", "agreement_id")
    )
    rows = []
    for report in reports:
        figures = from_json(report.figures)
        if not sees_all:
            figures = published.publish(figures, least=report.agreement.publish_minimum)
        pace = pace_sentences(figures)
        rows.append({"report": report, "period": report.period, "total": main_rows(figures)[-1], "pace": pace})
    known = {row["report"].agreement_id for row in rows}
    missing = Agreement.objects.visible_to(actor).exclude(pk__in=known).order_by("name") if sees_all else []
    return {"rows": rows, "missing": missing, "sees_all": sees_all}
