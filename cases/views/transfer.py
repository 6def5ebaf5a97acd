"""Handing the case over to another office."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import transfer
from cases.forms.transfer import TransferForm
from cases.views.access import act_on, actor_of, find_case
from core.periods import now, today


@requires(Permission.TRANSFER)
def case_transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One form, one act: holder, number, grants, team; only the holder may."""
    case = find_case(request, pk)
    if case.organisation_id not in actor_of(request).organisation_ids:
        messages.warning(
            request, f"このケースの担当機関は{case.organisation.name}です。引き継げるのは担当機関だけです。"
        )
        return redirect("case_detail", pk=case.pk)
    form = TransferForm(request.POST or None, case=case)

    def hand_over() -> None:
        data = form.cleaned_data
        transfer.transfer_case(
            case=case,
            to=data["to"],
            by=actor_of(request),
            at=now(),
            on=today(),
            overlap_until=data["overlap_until"],
            basis=form.basis(),
            reason=data["reason"],
            worker=data["worker"].user if data["worker"] else None,
            duty=form.duty(),
        )

    return act_on(
        request,
        case,
        form,
        hand_over,
        title="担当機関を引き継ぐ",
        lead=f"{case.person.name}さんのケースの担当機関が今日から変わります。ケース番号は新しい機関のものになり、"
        f"いまの番号({case.number})でも引き続き探せます。{case.organisation.name}は、下で決めた日の翌日から見られなくなります。",
        submit="引き継ぐ",
        done=f"{case.person.name}さんの担当機関を引き継ぎました。担当者がまだのときは、新しい機関の「今日」に出ます。",
    )
