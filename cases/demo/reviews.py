"""Looking back on the plans of who still comes: every three months, the latest ones still to be written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from accounts.models import User
from cases.demo import words
from cases.demo.course import at, workday
from cases.enums import CaseState, MenuResult, ReviewOutcome
from cases.models import Case, PlanMenu, PlanReview, PlanReviewItem, SupportPlan
from core.periods import add_months

if TYPE_CHECKING:
    from cases.demo.casebook import CaseBook

EVERY_MONTHS = 3
# A review of these last days waits for the next visit.
LATE = dt.timedelta(days=17)


def add_reviews(book: CaseBook, case: Case, plan: SupportPlan, menus: list[PlanMenu], worker: User) -> None:
    """The navigator of the plan writes, the city's worker confirms; the plan then waits for the next day."""
    if case.state not in (CaseState.ACTIVE, CaseState.SUSPENDED):
        return
    due = add_months(plan.starts_on, EVERY_MONTHS)
    while due <= book.today - LATE:
        reached, person_said, next_step, results = words.REVIEWS[len(book.rows[PlanReview]) % len(words.REVIEWS)]
        on = workday(due)
        review = book.add(
            PlanReview(
                plan=plan,
                case=case,
                reviewed_on=on,
                reached=reached,
                person_said=person_said,
                outcome=ReviewOutcome.CONTINUE,
                next_step=next_step,
                municipal_confirmed_at=at(workday(on + dt.timedelta(days=3)), 11),
                municipal_confirmed_by=worker,
                national_confirmed_at=at(on, 16),
                national_confirmed_by=plan.created_by,
                organisation=plan.organisation,
                written_by=plan.created_by,
            )
        )
        for menu, result in zip(menus, results, strict=True):
            book.add(PlanReviewItem(review=review, case=case, plan_menu=menu, result=MenuResult(result)))
        due = add_months(due, EVERY_MONTHS)
    plan.review_on = due
