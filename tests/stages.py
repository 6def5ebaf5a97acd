"""Cases at the stages in which pages of one side open: before the request, while one waits, after the end."""

from __future__ import annotations

import datetime as dt

from cases.actions import request, screening
from cases.enums import ConsentMethod
from cases.models import Case
from core.periods import now, today
from tests.access.worlds import close
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)


def staged(programme: Programme) -> dict[str, Case]:
    """URL name → a case at the stage in which that page shows its form."""
    before, waiting, hurried, talked, deferred, ended = (
        programme.open_case(name=name) for name in ("受付 一", "要請 二", "至急 三", "相談 四", "見送 五", "終了 六")
    )
    programme.send(waiting, DAY)
    with working_as(programme.caseworker):
        request.send_with_consent(
            case=hurried,
            by=programme.caseworker,
            at=now(),
            on=today(),
            conditions=request.TO_BE_CHECKED,
            is_urgent=True,
            to=programme.hello_work,
            method=ConsentMethod.SPOKEN,
            given_on=today(),
            message="今日中に住まいと仕事を",
            **dict.fromkeys(("includes_health", "includes_finance", "includes_family"), False),
        )
        screening.ask_beforehand(
            case=talked,
            by=programme.caseworker,
            at=now(),
            on=today(),
            to=programme.hello_work,
            question="体調に波がある。要請してよいか。",
            method=ConsentMethod.PAPER,
            given_on=today(),
        )
        screening.not_refer(case=deferred, by=programme.caseworker, at=now(), reason="治療を優先", next_check_on=None)
    close(programme, {name: {"pk": ended.pk} for name in ("case_detail", "release_answer")})
    return {
        **dict.fromkeys(
            ("support_request_new", "support_request_urgent", "pre_consultation_new", "contact_edit"), before
        ),
        **dict.fromkeys(("support_request_answer", "support_request_withdraw"), waiting),
        "support_request_complete": hurried,
        "pre_consultation_answer": talked,
        "ledger_check": deferred,
        "case_again": ended,
    }
