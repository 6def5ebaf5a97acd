"""Success stories: written on a case, reviewed by a manager, read by both sides."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import story as stories
from cases.actions.moves import CaseError
from cases.enums import StoryStatus
from cases.forms.papers import StoryAnswerForm, StoryForm
from cases.models import Case, SuccessStory
from cases.papers.draft import story_draft
from cases.papers.printing import print_story, story_length, story_parts
from cases.papers.stamp import stamp
from cases.views.access import act_on, actor_of, find_case
from core.documents import download
from core.forms import ConfirmForm
from core.periods import now, today

TONES = {
    StoryStatus.WAITING: "wait",
    StoryStatus.RETURNED: "alert",
    StoryStatus.SHARED: "good",
    StoryStatus.STOPPED: "off",
}
ACTS = {
    "share": (
        StoryStatus.SHARED,
        "成功例を共有しました。協定の機関が「就職成功例」で読めます。「共有を止める」で戻せます。",
    ),
    "return": (StoryStatus.RETURNED, "書いた人に戻しました。直して保存すると、もう一度ここに出ます。"),
    "stop": (StoryStatus.STOPPED, "共有を止めました。ほかの機関からは見えません。自機関には残ります。"),
}
# Asked before, with what follows.
ASKED = {
    "share": (
        "共有する",
        "協定のすべての機関の人が、この成功例を読んで印刷できるようになります。あとで「共有を止める」こともできます。",
    ),
    "stop": (
        "共有を止める",
        "ほかの機関の画面から消えます。印刷された紙は戻りません。もう一度共有するには、書き直して確認を受けます。",
    ),
}
SHOWN = 100


@requires(Permission.EDIT_PLAN)
def case_story(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the story of a case that led to work; begun from the record, without names."""
    case = find_case(request, pk)
    actor = actor_of(request)
    own = SuccessStory.objects.filter(case=case, organisation=actor.organisation).first()
    initial = {} if own else story_draft(case, actor, day=today())
    form = StoryForm(request.POST or None, instance=own, initial=initial)
    returned = f" 確かめた人から: {own.review_note}" if own and own.status == StoryStatus.RETURNED else ""
    return act_on(
        request,
        case,
        form,
        lambda: stories.write_story(case=case, by=actor, at=now(), fields=form.story_fields()),
        title="就職成功例を書く",
        lead="氏名・住所・電話・勤め先・日付は書かないでください。管理者が確かめてから、協定の機関に共有されます。"
        + returned,
        submit="管理者に確認を頼む",
        done="成功例を保存しました。ほかの管理者が確かめて共有すると、協定の機関が読めます。",
    )


@requires(Permission.VIEW_REPORTS)
@require_safe
def story_list(request: HttpRequest) -> HttpResponse:
    """Stories of my agreements, and those of my organisation that wait."""
    rows = (
        SuccessStory.objects.visible_to(actor_of(request))
        .select_related("agreement", "organisation")
        .order_by("-written_at", "pk")[:SHOWN]
    )
    return render(
        request,
        "cases/story_list.html",
        {"rows": [(row, TONES[StoryStatus(row.status)]) for row in rows], "most": SHOWN},
    )


def _find(request: HttpRequest, pk: UUID) -> SuccessStory:
    rows = SuccessStory.objects.visible_to(actor_of(request)).select_related(
        "agreement", "organisation", "written_by", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


@requires(Permission.VIEW_REPORTS)
@require_safe
def story_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One story in its five parts; its own organisation sees where it stands."""
    return _show(request, _find(request, pk), StoryAnswerForm())


def _show(request: HttpRequest, story: SuccessStory, form: StoryAnswerForm) -> HttpResponse:
    actor = actor_of(request)
    is_own = story.organisation_id in actor.organisation_ids
    status = StoryStatus(story.status)
    return render(
        request,
        "cases/story_detail.html",
        {
            "story": story,
            "tone": TONES[status],
            "parts": story_parts(story),
            "length": story_length(story),
            "is_own": is_own and actor.can(Permission.EDIT_PLAN),
            "case": Case.objects.visible_to(actor).filter(pk=story.case_id).first()
            if story.organisation_id == actor.organisation.pk and actor.can(Permission.EDIT_PLAN)
            else None,
            "can_answer": is_own and actor.can(Permission.REVIEW_STORIES) and status == StoryStatus.WAITING,
            "can_stop": is_own and actor.can(Permission.REVIEW_STORIES) and status == StoryStatus.SHARED,
            "is_writer": story.written_by_id == actor.user.pk,
            "form": form,
        },
    )


@requires(Permission.REVIEW_STORIES)
def story_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Share, give back, or stop sharing; asked before what other organisations will notice."""
    actor = actor_of(request)
    story = _find(request, pk)
    if story.organisation_id not in actor.organisation_ids:
        raise Http404
    if request.method != "POST":
        asked = request.GET.get("act", "share")
        if asked not in ASKED:
            raise Http404
        title, lead = ASKED[asked]
        return render(
            request,
            "confirm.html",
            {
                "title": f"成功例を{title}",
                "facts": [
                    ("題", story.title),
                    ("協定", story.agreement.name),
                    ("だれのことか", "氏名は入っていません"),
                ],
                "lead": lead,
                "submit": title,
                "form": ConfirmForm(request, act=asked),
                "back": reverse("story_detail", kwargs={"pk": story.pk}),
            },
        )
    act = request.POST.get("act", "")
    if act not in ACTS:
        messages.error(request, "「共有する」「書いた人に戻す」「共有を止める」のどれかを選んでください。")
        return redirect("story_detail", pk=story.pk)
    to, done = ACTS[act]
    form = StoryAnswerForm(request.POST) if to == StoryStatus.RETURNED else None
    if form is not None and not form.is_valid():
        return _show(request, story, form)
    note = form.cleaned_data["note"] if form else ""
    try:
        stories.answer_story(story=story, to=to, by=actor, at=now(), note=note)
    except CaseError as error:
        if form is not None:
            form.add_error(None, str(error))
            return _show(request, story, form)
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("story_detail", pk=story.pk)


@requires(Permission.VIEW_REPORTS)
@require_safe
def story_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The story as a sheet; it names nobody, so nothing is suppressed in it."""
    story = _find(request, pk)
    foot = stamp(by=actor_of(request), at=now(), number="就職成功例")
    return download(print_story(story, foot), "就職成功例シート.pdf")
