"""Meetings about cases: the list, the agenda, one case after another on the projector, the paper."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import meeting as acts
from cases.actions.moves import CaseError
from cases.enums import ItemState, MeetingRepeat
from cases.forms.meeting import ItemForm, ItemNewForm, MeetingEditForm, MeetingForm, PeopleForm, people_of
from cases.models import Case, CaseMeeting, MeetingItem, MeetingTask
from cases.pack import items_of, pack_for, pack_pdf, parties_of, people_lines, sheets_of
from cases.views.access import actor_of
from core.documents import download
from core.forms import ConfirmForm, EditConflict, Read, only_as_read, type_instead
from core.pagination import page_of
from core.periods import now, today
from core.templatetags.ui import moment, shortdate

RELATED = ("agreement", "site", "organisation", "counterpart", "chair", "confirmed_by")


def _find(request: HttpRequest, pk: UUID, *, to_write: bool = False) -> CaseMeeting:
    """A meeting in which my organisations take part; to write, one that they hold."""
    actor = actor_of(request)
    meetings = CaseMeeting.objects.held_by(actor) if to_write else CaseMeeting.objects.visible_to(actor)
    return get_object_or_404(meetings.select_related(*RELATED), pk=pk)


def _is_host(meeting: CaseMeeting, actor: Actor) -> bool:
    return bool({meeting.organisation_id, meeting.counterpart_id} & set(actor.organisation_ids))


@requires(Permission.LOG_INTERVIEW)
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Coming ones first, then the past ones, newest first."""
    actor = actor_of(request)
    meetings = CaseMeeting.objects.visible_to(actor).select_related("organisation", "counterpart", "chair")
    meetings = meetings.annotate(
        item_count=Count("items"), waiting_count=Count("items", filter=Q(items__state=ItemState.PLANNED))
    )
    ahead = meetings.filter(starts_at__date__gte=today()).order_by("starts_at", "pk")
    past = meetings.filter(starts_at__date__lt=today())
    return render(
        request,
        "cases/meeting_list.html",
        {
            "ahead": ahead[:30],
            "page": page_of(past, at="starts_at", key="pk", cursor=request.GET.get("page"), size=30),
        },
    )


@requires(Permission.LOG_INTERVIEW)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """When, with whom; the agenda fills itself at once."""
    actor = actor_of(request)
    form = MeetingForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        meeting = acts.plan_meeting(by=actor, at=now(), fields=form.meeting_fields(), participants=[actor.user])
        messages.success(
            request, "会議を作り、両方の機関に見えるケースから議題を集めました。次は参加者を加えてください。"
        )
        return redirect("meeting_detail", pk=meeting.pk)
    return render(request, "cases/meeting_form.html", {"form": form, "title": "会議を作る", "submit": "作る"})


@requires(Permission.LOG_INTERVIEW)
def meeting_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time, place or chair."""
    meeting = _find(request, pk, to_write=True)
    form = MeetingEditForm(request.POST or None, meeting=meeting)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_meeting(meeting=meeting, version=form.cleaned_data["version"], fields=form.changes())
        except CaseError as error:
            form.add_error(None, str(error))
        except EditConflict:
            current = _find(request, pk, to_write=True)
            type_instead(form, "version", str(current.version))
            form.add_error(
                None,
                f"ほかの人が先にこの会議を変えました(いまは{moment(current.starts_at)}から{current.minutes}分、"
                f"場所{current.place or 'なし'}、司会{current.chair.name}、繰り返し{current.get_repeats_display()})。"
                "下の入力は残っています。合わせてから、もう一度「変更する」を押してください。",
            )
            status = 409
        else:
            messages.success(
                request, "会議の日時・場所・司会を変えました。参加者の「会議」にも出ます。連絡は別にしてください。"
            )
            return redirect("meeting_detail", pk=meeting.pk)
    return render(
        request,
        "cases/meeting_form.html",
        {"form": form, "title": "会議を変更する", "submit": "変更する", "meeting": meeting},
        status=status,
    )


@requires(Permission.LOG_INTERVIEW)
@require_safe
def meeting_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agenda, people, paper, and what comes after."""
    actor = actor_of(request)
    meeting = _find(request, pk)
    items = items_of(meeting, actor)
    following = CaseMeeting.objects.visible_to(actor).filter(previous=meeting).first()
    is_host = _is_host(meeting, actor)
    parties = parties_of(meeting)
    return render(
        request,
        "cases/meeting_detail.html",
        {
            "meeting": meeting,
            "sheets": sheets_of(meeting, items, today()),
            "unseen_count": acts.agenda_size(meeting) - len(items),
            "people": people_lines(meeting),
            "has_outsiders": meeting.participants.filter(user__isnull=True).exists(),
            "parties": parties,
            "guests": parties[2:],
            "is_host": is_host,
            "can_write": is_host and meeting.confirmed_at is None,
            "following": following,
            "can_repeat": is_host and following is None and meeting.repeats != MeetingRepeat.NONE,
            "waiting_count": sum(item.state == ItemState.PLANNED for item in items),
            "first": next((item for item in items if item.state == ItemState.PLANNED), items[0] if items else None),
        },
    )


@requires(Permission.LOG_INTERVIEW)
def meeting_people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add users, organisations that are invited, and people from outside."""
    meeting = _find(request, pk, to_write=True)
    form = PeopleForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            acts.add_people(meeting=meeting, users=data["users"], guests=data["guests"], outsider=form.outsider())
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "参加者を加えました。次は議題を確かめ、会議資料(PDF)を用意してください。")
            return redirect("meeting_detail", pk=meeting.pk)
    return render(
        request,
        "cases/meeting_form.html",
        {"form": form, "title": "参加者を加える", "submit": "加える", "meeting": meeting},
    )


@requires(Permission.LOG_INTERVIEW)
@require_POST
def meeting_fill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Collect the cases that need it and are not on the agenda yet."""
    meeting = _find(request, pk, to_write=True)
    try:
        filled = acts.fill_agenda(meeting=meeting, by=actor_of(request))
    except CaseError as error:
        messages.error(request, str(error))
    else:
        more = f"時間に入りきらないケースがあと{filled.left}件あります。" if filled.left else ""
        messages.success(request, f"議題を{filled.added}件加えました。{more}資料(PDF)にも入ります。")
    return redirect("meeting_detail", pk=meeting.pk)


@requires(Permission.LOG_INTERVIEW)
def meeting_item_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A case by hand, by its number."""
    actor = actor_of(request)
    meeting = _find(request, pk, to_write=True)
    form = ItemNewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip()
        case = Case.objects.visible_to(actor).filter(number=number, agreement=meeting.agreement).first()
        if case is None:
            form.add_error("number", "この番号のケースは見つかりません。ケースの画面の番号を確かめてください。")
        else:
            try:
                acts.add_item(meeting=meeting, case=case, reason=form.cleaned_data["reason"], by=actor)
            except CaseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "議題に加えました。会議では一覧の順に出ます。")
                return redirect("meeting_detail", pk=meeting.pk)
    return render(
        request,
        "cases/meeting_form.html",
        {"form": form, "title": "ケースを議題に加える", "submit": "加える", "meeting": meeting},
    )


@requires(Permission.LOG_INTERVIEW)
def meeting_item(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    """One case in big letters, and what is decided; ← and → lead to the neighbours.

    A case that somebody at the table may not see stays covered until those are alone who may (`seats=hosts`).
    """
    actor = actor_of(request)
    meeting = _find(request, pk)
    items = items_of(meeting, actor)
    item = next((row for row in items if row.pk == item_pk), None)
    if item is None:
        raise Http404
    can_write = _is_host(meeting, actor) and meeting.confirmed_at is None
    if request.method == "POST" and not can_write:
        messages.error(request, "この議題には記録できません。会議録が確定しているか、開いた機関ではありません。")
        return redirect("meeting_detail", pk=meeting.pk)
    form = ItemForm(request.POST or None, item=item, people=people_of(meeting)) if can_write else None
    place = items.index(item)
    following = items[place + 1] if place + 1 < len(items) else None
    status = 200
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            acts.record_item(
                item=item,
                version=data["version"],
                state=ItemState(data["state"]),
                decision=data["decision"],
                tasks=form.tasks(),
                by=actor,
                at=now(),
            )
        except CaseError as error:
            form.add_error(None, str(error))
        except EditConflict:
            current = MeetingItem.objects.get(pk=item.pk)
            type_instead(form, "version", str(current.version))
            form.add_error(
                None,
                f"ほかの人が先に記録しました(「{current.get_state_display()}」{current.decision})。"
                "下の入力は残っています。合わせてから、もう一度記録してください。",
            )
            status = 409
        else:
            messages.success(
                request,
                f"{place + 1}件目を記録しました。決まったことはケースの経過に、することは担当者の「今日」に出ます。",
            )
            if following is not None:
                return redirect("meeting_item", pk=meeting.pk, item_pk=following.pk)
            return redirect("meeting_detail", pk=meeting.pk)
    sheet = sheets_of(meeting, [item], today())[0]
    alone = request.GET.get("seats") == "hosts"
    return render(
        request,
        "cases/meeting_item.html",
        {
            "meeting": meeting,
            "sheet": sheet,
            "item": item,
            "number": place + 1,
            "count": len(items),
            "earlier": items[place - 1] if place else None,
            "following": following,
            "form": form,
            "is_covered": bool(sheet.closed_to) and not alone and request.method != "POST",
        },
        status=status,
    )


@requires(Permission.LOG_INTERVIEW)
@require_POST
def meeting_task_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Done, in one click; the message takes it back."""
    actor = actor_of(request)
    task = get_object_or_404(MeetingTask.objects.visible_to(actor), pk=pk)
    try:
        acts.finish_task(task=task, by=actor, at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{task.case.person.name}さんの「{task.what}」を済みにしました。「今日」と次の会議の議題から消えます。",
            extra_tags=reverse("meeting_task_undo", kwargs={"pk": task.pk}),
        )
    return redirect("today") if request.POST.get("from") == "today" else redirect("case_detail", pk=task.case_id)


@requires(Permission.LOG_INTERVIEW)
@require_POST
def meeting_task_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is not done after all."""
    task = get_object_or_404(MeetingTask.objects.visible_to(actor_of(request)), pk=pk)
    try:
        acts.reopen_task(task=task)
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{task.case.person.name}さんの「{task.what}」を、まだ済んでいないことに戻しました。"
            "する人の「今日」と次の会議の議題に出ます。",
        )
    return redirect("today")


@requires(Permission.LOG_INTERVIEW)
def meeting_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The minutes freeze, after a look at what they hold."""
    meeting = _find(request, pk, to_write=True)
    read = Read(acts.minutes_version(meeting), str(acts.MinutesChanged(_last_record(meeting))))
    form = only_as_read(ConfirmForm(request), read)
    if request.method == "POST" and form.is_valid():
        try:
            acts.confirm_minutes(meeting=meeting, by=actor_of(request), at=now(), read=read.version)
        except CaseError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                f"{shortdate(meeting.starts_at)}の会議録を確定しました。これから変更はできません。"
                "「会議録(PDF)」から印刷でき、「次回の会議を作る」で続けられます。",
            )
        return redirect("meeting_detail", pk=meeting.pk)
    counts = meeting.items.aggregate(
        all=Count("pk"),
        discussed=Count("pk", filter=Q(state=ItemState.DISCUSSED)),
        postponed=Count("pk", filter=Q(state=ItemState.POSTPONED)),
    )
    return render(
        request,
        "confirm.html",
        {
            "title": "会議録を確定する",
            "facts": [
                ("会議", f"{meeting.get_kind_display()} {moment(meeting.starts_at)}"),
                ("開く機関", f"{meeting.organisation.name}・{meeting.counterpart.name}"),
                ("議題", "{all}件(協議した {discussed}件、今回は見送り {postponed}件)".format(**counts)),
            ],
            "lead": "参加したすべての機関がこの会議録を読めます。決まったこと・決めたことは、あとから直せません。"
            "取り消すこともできません。",
            "submit": "会議録を確定する",
            "form": form,
            "back": reverse("meeting_detail", kwargs={"pk": meeting.pk}),
        },
    )


def _last_record(meeting: CaseMeeting) -> str:
    """'最後の記録 3件目 5/1(月) 10:23 岡山 花子', empty before the first one."""
    recorded = meeting.items.filter(decided_at__isnull=False).select_related("decided_by").order_by("-decided_at")
    item = recorded.first()
    if item is None or item.decided_by is None:
        return ""
    return f"最後の記録 {item.position}件目 {moment(item.decided_at)} {item.decided_by.name}"


@requires(Permission.LOG_INTERVIEW)
@require_POST
def meeting_next(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next one of the series, with the cases whose tasks are open."""
    meeting = _find(request, pk, to_write=True)
    try:
        following = acts.make_next(meeting=meeting, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("meeting_detail", pk=meeting.pk)
    messages.success(request, "次回の会議を作りました。決めたことが残っているケースも議題に入っています。")
    return redirect("meeting_detail", pk=following.pk)


@requires(Permission.LOG_INTERVIEW)
@require_safe
def meeting_pack(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper: for all, for one organisation, or for people from outside. A guest gets its own."""
    actor = actor_of(request)
    meeting = _find(request, pk)
    parties = parties_of(meeting)
    if not _is_host(meeting, actor):
        parties = [party for party in parties if party.pk in actor.organisation_ids]
    wanted = request.GET.get("for", "")
    if wanted == "outside":
        pack = pack_for(meeting, [], reader="部外の参加者用", by=actor, at=now())
    elif wanted:
        chosen = [party for party in parties if str(party.pk) == wanted]
        if not chosen:
            raise Http404
        pack = pack_for(meeting, chosen, reader=f"{chosen[0].name}用", by=actor, at=now())
    else:
        reader = "参加機関すべて用" if len(parties) > 1 else f"{parties[0].name}用"
        pack = pack_for(meeting, parties, reader=reader, by=actor, at=now())
    paper = "会議録" if meeting.confirmed_at else "会議資料"
    return download(pack_pdf(pack), f"{paper}_{timezone.localdate(meeting.starts_at)}.pdf")
