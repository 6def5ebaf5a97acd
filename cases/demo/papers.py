"""Paper in the demo: reviews of plans, an extension, an office's own consent form, stories in every state."""

from __future__ import annotations

import datetime as dt

from cases.actions import layout, plan, review, story
from cases.demo.course import at
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import CaseState, FormKind, MenuResult, ReviewKind, ReviewOutcome, StoryStatus
from cases.models import Case
from cases.papers.draft import story_draft
from cases.papers.layout import standard_body
from core.db import scope
from core.periods import add_months

TEXTS = {
    "challenges": "長い離職の期間があり、体力と自信に不安があった。運転免許がなく、通える範囲が狭かった。",
    "support": "市とハローワークの担当が毎週の面談の内容を共有した。短い時間の仕事から始め、模擬面接を3回行った。",
    "worker_comment": "来所が途切れたときも、両方の担当から声をかけ続けたことがよかった。",
    "person_comment": "一人ではあきらめていた。続けてよかった。",
}


def add_papers(world: World, *, today: dt.date) -> None:
    """Everything by the same actions as on the screen."""
    worker, navigator = actor_of(world, "okayama-cw"), actor_of(world, "okayama-navi")
    manager = actor_of(world, "okayama-manager")
    with scope(organisations=manager.organisation_ids, user=manager.user.pk):
        body = standard_body(FormKind.CONSENT).replace(
            "<h2>説明を受けたこと</h2>", "<h2>説明を受けたこと(岡山市の説明書 第3版)</h2>"
        )
        layout.save_layout(
            kind=FormKind.CONSENT,
            body=body,
            valid_from=today - dt.timedelta(days=60),
            note="市の説明書の改訂に合わせた(架空)",
            by=manager,
            at=at(today - dt.timedelta(days=60)),
        )
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        mine = Case.objects.filter(assignments__user=worker.user, organisation=worker.organisation)
        active = list(
            mine.filter(state=CaseState.ACTIVE, plans__isnull=False).order_by("support_started_on", "number")[:2]
        )
        placed = list(
            mine.filter(placements__isnull=False, placements__separated_on__isnull=True)
            .distinct()
            .select_related("person", "support_group", "agreement")
            .order_by("-support_started_on", "number")[:3]
        )
        for case in active:
            newest = case.plans.select_related("case").latest("version_number")
            menus = list(newest.menus.order_by("pk"))
            waiting = review.write_review(
                plan=newest,
                by=worker,
                at=at(today - dt.timedelta(days=6)),
                fields={
                    "kind": ReviewKind.MONITORING,
                    "reviewed_on": max(today - dt.timedelta(days=6), newest.starts_on),
                    "reached": "決まった曜日に来所できるようになり、応募も始まった。",
                    "person_said": "朝起きるのがつらくなくなった。もう少し続けたい。",
                    "outcome": ReviewOutcome.EXTEND,
                    "next_step": "次の3か月で職場見学を2か所行う。",
                },
                results=dict(
                    zip(
                        menus,
                        ((MenuResult.REACHED, ""), (MenuResult.PARTLY, "週1回から"), (MenuResult.NOT_YET, "")),
                        strict=False,
                    )
                ),
                next_review_on=add_months(today, 3),
            )
        extended = active[0]
        newest = extended.plans.latest("version_number")
        plan.extend_plan(
            plan=newest,
            by=worker,
            at=at(today - dt.timedelta(days=4)),
            ends_on=add_months(max(newest.ends_on, today), 3),
            review_on=add_months(today, 2),
            reason="応募が始まったところで、職場見学と面接の練習を続けるため。",
            conference_on=today - dt.timedelta(days=5),
        )
        written = []
        for case in placed:
            fields = {**story_draft(case, worker, day=today), **TEXTS}
            written.append(story.write_story(case=case, by=worker, at=at(today - dt.timedelta(days=9)), fields=fields))
    with scope(organisations=manager.organisation_ids, user=manager.user.pk):
        for row, to, note in zip(
            written,
            (StoryStatus.SHARED, StoryStatus.RETURNED),
            ("", "年代と職種で分かるかもしれません。職種を広く書いてください。"),
            strict=False,
        ):
            story.answer_story(story=row, to=to, by=manager, at=at(today - dt.timedelta(days=8)), note=note)
    with scope(organisations=navigator.organisation_ids, user=navigator.user.pk):
        review.confirm_review(review=waiting, by=navigator, at=at(today - dt.timedelta(days=2)))
