"""When workers are at a counter, which mails a user gets, and the calendar address without persons."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.models import Membership
from accounts.scope import Actor, covered_ids, requires
from cases import ics
from cases.actions import digest, feed
from cases.agenda import sites_of
from cases.forms.calendar import NoticeForm, SlotForm
from cases.models import Appointment, CalendarFeed, WorkerSlot
from cases.views.access import actor_of
from core.db import scope
from core.forms import ConfirmForm, Difference, EditConflict
from core.periods import now, today
from core.templatetags.ui import moment

FEED_BEFORE, FEED_AFTER = dt.timedelta(days=7), dt.timedelta(days=90)
# Asked before: what the devices that read the address will notice.
FEED_ENDS = {
    "renew": (
        "新しいアドレスに替える",
        "いまのアドレスはすぐに使えなくなります。登録したカレンダーには、新しいアドレスを貼り直します。",
    ),
    "end": (
        "アドレスを終わりにする",
        "登録したカレンダーで、自分の予約を読めなくなります。必要になったら新しいアドレスを作れます。",
    ),
}


@requires(Permission.VIEW_CASES)
@require_safe
def slot_list(request: HttpRequest) -> HttpResponse:
    """The weekly times of my organisation's workers; ended ones are left out."""
    actor, day = actor_of(request), today()
    slots = (
        WorkerSlot.objects.visible_to(actor)
        .valid_between(day, dt.date.max)
        .select_related("worker", "site", "organisation")
        .order_by("worker__name", "weekday", "start_time", "pk")
    )
    return render(request, "cases/slot_list.html", {"slots": slots, "can_log": actor.can(Permission.LOG_INTERVIEW)})


@requires(Permission.LOG_INTERVIEW)
def slot_edit(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A weekly time of a worker of my organisation: a new one, or change it; an end day ends it."""
    actor = actor_of(request)
    slot = get_object_or_404(WorkerSlot.objects.visible_to(actor), pk=pk) if pk else WorkerSlot()
    form = SlotForm(request.POST or None, instance=slot, actor=actor, sites=sites_of(actor))
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            form.save_slot()
        except EditConflict:
            conflict = form.conflict_with(WorkerSlot.objects.get(pk=slot.pk))
        else:
            messages.success(
                request,
                f"{form.instance.worker.name}さんの窓口にいる時間を保存しました。予約のとき、空いている時間として出ます。",
            )
            return redirect("slot_list")
    context = {"form": form, "is_new": pk is None, "conflict": conflict}
    return render(request, "cases/slot_form.html", context, status=200 if conflict is None else 409)


@requires(Permission.VIEW_CASES)
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Mails on or off, and the calendar address: give, renew, end. The address is shown once."""
    user, act, address = actor_of(request).user, request.POST.get("act", ""), ""
    form = NoticeForm(request.POST if act == "notices" else None, instance=digest.setting_of(user))
    if act == "notices" and form.is_valid():
        form.save()
        messages.success(request, "お知らせの設定を保存しました。次の仕事日の朝から、このとおりに届きます。")
        return redirect("notice_settings")
    if act == "renew":
        token = feed.renew_feed(user=user, at=now())
        address = request.build_absolute_uri(reverse("calendar_feed", kwargs={"token": token}))
    elif act == "end":
        feed.end_feed(user=user, at=now())
        messages.success(request, "カレンダーのアドレスを終わりにしました。もう読めません。")
        return redirect("notice_settings")
    opened = CalendarFeed.objects.filter(user=user, ended_at__isnull=True).first()
    if opened is not None and request.method != "POST" and request.GET.get("act") in FEED_ENDS:
        ending = request.GET["act"]
        title, lead = FEED_ENDS[ending]
        return render(
            request,
            "confirm.html",
            {
                "title": title,
                "facts": [("いまのアドレス", f"{moment(opened.created_at)} に作ったもの")],
                "lead": lead,
                "submit": title,
                "form": ConfirmForm(request, act=ending),
                "action": reverse("notice_settings"),
                "back": reverse("notice_settings"),
            },
        )
    answer = render(
        request,
        "cases/notice_settings.html",
        {
            "form": form,
            "opened": opened,
            "address": address,
            "user": user,
            "preview": digest.preview(user, today()),
            "gets_mail": actor_of(request).can(Permission.LOG_INTERVIEW),
            "is_mail_configured": digest.is_mail_configured(),
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Bookings of the secret's user as iCalendar: kind, time and counter; never a person. Unknown secret: 404."""
    user = feed.feed_user(token)
    if user is None:
        raise Http404
    organisations: set[int] = set()
    for membership in Membership.objects.current(today()).filter(user=user).select_related("organisation", "user"):
        ids = covered_ids(membership.organisation)
        if Actor(user=user, membership=membership, organisation_ids=ids).can(Permission.VIEW_CASES):
            organisations |= set(ids)
    if not organisations:
        raise Http404
    at = now()
    with scope(organisations=organisations, user=user.pk):
        rows = Appointment.objects.booked().filter(
            worker=user, starts_at__gte=at - FEED_BEFORE, starts_at__lt=at + FEED_AFTER
        )
        content = ics.calendar(rows.select_related("site").order_by("starts_at", "pk"), at=at)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
