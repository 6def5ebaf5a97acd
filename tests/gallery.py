"""The states a screen can be in, each on a page of its own: for screenshots and axe, never in the product.

gunicorn tests.gallery:application      (the test stack's environment; see tests/e2e/test_browser_wall.py)
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

application = get_wsgi_application()

from accounts.forms import LoginForm  # noqa: E402 - Django is set up now
from accounts.models import Organisation  # noqa: E402
from agreements.enums import IndicatorCode  # noqa: E402
from agreements.models import Agreement  # noqa: E402
from cases.enums import CaseState  # noqa: E402
from cases.models import Case, Person  # noqa: E402
from config import errors  # noqa: E402
from config.urls import handler400, handler403, handler404, handler500  # noqa: E402, F401 - this module is a URLconf
from core.forms import Difference  # noqa: E402
from core.periods import Month  # noqa: E402
from reports.enums import STEPS, ReportStatus  # noqa: E402
from reports.forms import CommentForm  # noqa: E402
from reports.indicators import BY_CODE  # noqa: E402
from reports.models import MonthlyReport  # noqa: E402

State = Callable[[HttpRequest], HttpResponse]
STATES: dict[str, State] = {}
MONTH = Month(2023, 12)


def state(view: State) -> State:
    STATES[view.__name__.replace("_", "-")] = login_not_required(view)
    return view


def a_case() -> Case:
    office = Organisation(pk=1, name="見本福祉事務所", short_name="見本福祉")
    person = Person(name="見本 花子", name_kana="ミホン ハナコ", organisation=office)
    return Case(pk=uuid.UUID(int=7), person=person, organisation=office, number="見本-0001", state=CaseState.CLOSED)


def a_report(status: ReportStatus) -> MonthlyReport:
    agreement = Agreement(pk=1, code="sample", name="見本協定")
    return MonthlyReport(agreement=agreement, month=MONTH.first_day, revision=1, status=status, step=1)


@state
def empty_list(request: HttpRequest) -> HttpResponse:
    return render(request, "employers/employer_search.html", {"rows": [], "text": "どこにもない", "can_edit": True})


@state
def empty_search(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/case_search.html", {"text": "どこにもいない", "rows": [], "has_more": False})


@state
def loading(request: HttpRequest) -> HttpResponse:
    """A report that waits: what is done, how far it is, that one may leave."""
    context = {"report": a_report(ReportStatus.QUEUED), "period": MONTH, "running": True, "step_count": len(STEPS)}
    return render(request, "reports/report_detail.html", context)


@state
def failed(request: HttpRequest) -> HttpResponse:
    report = a_report(ReportStatus.FAILED)
    report.failure = "この年度の数え方の決まりがありません。協定の画面で決めてから、数え直してください。"
    return render(request, "reports/report_detail.html", {"report": report, "period": MONTH, "can_request": True})


@state
def form_errors(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/login.html", {"form": LoginForm(request, data={"username": ""})})


@state
def suppressed(request: HttpRequest) -> HttpResponse:
    """The figure is there, the people behind it are outside of what this reader may see."""
    context = {
        "report": a_report(ReportStatus.CLOSED),
        "period": MONTH,
        "indicator": BY_CODE[IndicatorCode.PLACED],
        "group": SimpleNamespace(name="合計"),
        "count": 3,
        "shown": [],
        "hidden_count": 3,
    }
    return render(request, "reports/report_people.html", context)


@state
def read_only(request: HttpRequest) -> HttpResponse:
    """A closed report: no button is left."""
    context = {"report": a_report(ReportStatus.CLOSED), "period": MONTH, "can_request": True, "running": False}
    return render(request, "reports/report_detail.html", context)


@state
def conflict(request: HttpRequest) -> HttpResponse:
    rows = [
        Difference("連絡の可否・時間帯", "夕方のみ", "午前のみ", "both"),
        Difference("住所", "", "見本市1-1", "other"),
    ]
    context = {
        "case": a_case(),
        "tone": "off",
        "title": "連絡先を直す",
        "conflict": rows,
        "form": CommentForm({"text": "夕方のみ"}),
        "reader_count": 2,
        "pair": "見本福祉 × 見本HW",
        "next_due": None,
    }
    return render(request, "cases/conflict_form.html", context)


def error_state(status: int) -> State:
    def show(request: HttpRequest) -> HttpResponse:
        """Shown with 200, because the gallery itself has not failed."""
        text = [("body", "働きたい気持ちを聞いた。\n来週また話す。"), ("held_at", "R5.12.4 10:00")]
        shown = errors.page(request, status, typed=text, token="x" * 32, path="/")
        shown.status_code = 200
        return shown

    return login_not_required(show)


def sign_on_state(name: str) -> State:
    """What the organisation's sign-on answers when it lets nobody in."""
    return login_not_required(
        lambda request: render(request, f"socialaccount/{name}.html", {"name": "組織の共通ログイン"})
    )


REFUSALS = ("doubtful", "failed", "refused", "stranger", "taken")
STATES |= {f"sign-on-{name}": sign_on_state(name) for name in REFUSALS}
STATES |= {f"error-{status}": error_state(status) for status in (400, 403, 404, 405, 409, 413, 429, 500, 503)}
urlpatterns = [
    *(path(f"gallery/{name}/", view, name=f"gallery-{name}") for name, view in STATES.items()),
    path("", include("config.urls")),
]
settings.ROOT_URLCONF = "tests.gallery"
