"""Everything that was done in a case, read once, and told newest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Organisation
from accounts.scope import Actor
from cases.enums import AppointmentStatus, ItemState, RequestStatus, RetentionState
from cases.models import (
    Appointment,
    Attachment,
    Case,
    CaseTransition,
    HandoverItem,
    Interview,
    Introduction,
    MeetingItem,
    Placement,
    PreConsultation,
    Referral,
    RetentionCheck,
    SupportRequest,
    Transfer,
)


@dataclass(frozen=True)
class Records:
    """What was done in a case, within the reader's visibility: each kind is read once, for the whole page."""

    notes: list[Interview]
    visits: list[Appointment]
    moves: list[CaseTransition]
    requests: list[SupportRequest]
    asked: list[PreConsultation]
    handed: list[Transfer]
    referrals: list[Referral]
    introductions: list[Introduction]
    placements: list[Placement]
    checks: list[RetentionCheck]
    items: list[MeetingItem]
    passed: list[HandoverItem]
    files: list[Attachment]

    @classmethod
    def of(cls, case: Case, actor: Actor) -> Records:
        notes, files = Interview.objects.visible_to(actor), Attachment.objects.visible_to(actor)
        sides = ("to_organisation", "from_organisation")
        job = ("workplace__employer", "organisation", "created_by")
        items = case.meeting_items.filter(state=ItemState.DISCUSSED).select_related("decided_by")
        passed = HandoverItem.objects.visible_to(actor).filter(case=case)
        return cls(
            notes=list(
                notes.filter(case=case)
                .select_related("written_by", "organisation", "source")
                .order_by("-held_at", "-pk")
            ),
            visits=list(case.appointments.select_related("worker", "organisation", "site").order_by("starts_at")),
            moves=list(case.transitions.select_related("by", "organisation")),
            requests=list(case.support_requests.select_related(*sides, "sent_by").order_by("pk")),
            asked=list(case.pre_consultations.select_related(*sides, "sent_by").order_by("-sent_at")),
            handed=list(case.transfers.select_related(*sides, "transferred_by")),
            referrals=list(case.referrals.visible_to(actor).select_related(*sides, "sent_by").order_by("-sent_at")),
            introductions=list(case.introductions.select_related(*job).order_by("-introduced_on")),
            placements=list(case.placements.select_related(*job).order_by("-started_on")),
            checks=list(case.retention_checks.select_related("checked_by").order_by("due_on")),
            items=list(items.prefetch_related("tasks__user")),
            passed=list(passed.select_related("handover__worker", "handover__organisation", "successor")),
            files=list(
                files.filter(case=case)
                .select_related("uploaded_by", "organisation", "removed_by")
                .order_by("-uploaded_at", "-pk")
            ),
        )

    @property
    def homework(self) -> Interview | None:
        """The last homework that was given."""
        return next((note for note in self.notes if note.homework), None)

    @property
    def waiting(self) -> SupportRequest | None:
        return next((row for row in self.requests if row.status == RequestStatus.SENT), None)

    @property
    def incomplete(self) -> SupportRequest | None:
        """Sent in a hurry and not completed; as SupportRequestQuerySet.incomplete."""
        live = (RequestStatus.SENT, RequestStatus.ACCEPTED)
        return next((row for row in self.requests if row.is_incomplete and row.status in live), None)

    @property
    def due_checks(self) -> list[RetentionCheck]:
        return [check for check in self.checks if check.state == RetentionState.PENDING]


@dataclass(frozen=True)
class Entry:
    """One thing that happened, for the timeline."""

    at: Any
    kind: str
    what: str
    organisation: Organisation | None  # None: of both sides, such as a meeting, or no office of its own is recorded
    name: str
    template: str
    row: Any
    is_quiet: bool = False
    files: tuple[Attachment, ...] = ()  # what is attached to a note

    @property
    def who(self) -> str:
        return f"{self.organisation.short_name} {self.name}" if self.organisation else self.name


def timeline(records: Records) -> list[Entry]:
    """Whatever either side did, newest first."""
    entries: list[Entry] = []
    attached: dict[UUID | None, list[Attachment]] = defaultdict(list)
    for file in records.files:
        if file.removed_at is None:
            attached[file.interview_id].append(file)
    for note in records.notes:
        entries.append(
            Entry(
                note.held_at,
                "面談",
                f"面談({note.get_method_display()})",
                note.organisation,
                note.written_by.name,
                "interview",
                note,
                files=tuple(attached[note.pk]),
            )
        )
    for visit in records.visits:
        if visit.status not in (AppointmentStatus.BOOKED, AppointmentStatus.KEPT):
            entries.append(
                Entry(
                    visit.starts_at,
                    "予約",
                    f"予約: {visit.get_status_display()}",
                    visit.organisation,
                    visit.worker.name,
                    "appointment",
                    visit,
                    True,
                )
            )
    for move in records.moves:
        entries.append(
            Entry(
                move.at,
                "状態",
                move.get_to_state_display(),
                move.organisation,
                move.by.name,
                "transition",
                move,
                True,
            )
        )
    for request in records.requests:
        entries.append(
            Entry(
                request.sent_at,
                "状態",
                f"支援要請 → {request.to_organisation.short_name}",
                request.from_organisation,
                request.sent_by.name,
                "request",
                request,
            )
        )
    entries += before_and_beside(records)
    for job in records.introductions:
        entries.append(
            Entry(
                job.introduced_on,
                "紹介",
                "紹介・応募",
                job.organisation,
                job.created_by.name,
                "introduction",
                job,
            )
        )
    for placed in records.placements:
        entries.append(
            Entry(
                placed.started_on,
                "就職",
                "就職",
                placed.organisation,
                placed.created_by.name,
                "placement",
                placed,
            )
        )
    for check in records.checks:
        if check.state not in (RetentionState.PENDING, RetentionState.NOT_NEEDED):
            entries.append(
                Entry(
                    check.checked_on,
                    "就職",
                    f"定着確認 {check.month_mark}か月",
                    None,  # of the placement, but either side may have asked
                    check.checked_by.name if check.checked_by else "",
                    "check",
                    check,
                )
            )
    for item in records.items:
        entries.append(
            Entry(
                item.held_at,
                "会議",
                f"会議({item.get_kind_display()})",
                None,
                item.decided_by.name if item.decided_by else "",
                "meeting",
                item,
            )
        )
    for passed in records.passed:
        entries.append(
            Entry(
                passed.handover.made_at,
                "状態",
                f"担当の引継ぎ {passed.handover.worker.name} → {passed.successor.name}",
                passed.handover.organisation,
                "自機関のみ",
                "handover",
                passed,
                True,
            )
        )
    for file in records.files:
        entries.append(
            Entry(
                file.uploaded_at,
                "添付",
                f"添付: {file.get_kind_display()}",
                file.organisation,
                file.uploaded_by.name,
                "attachment",
                file,
                file.removed_at is not None,
            )
        )
    return sorted(entries, key=_when, reverse=True)


def before_and_beside(records: Records) -> list[Entry]:
    """Talks beforehand, handing over between offices, referrals to partners."""
    rows: list[tuple[Any, Any, Any, str, str]] = [
        *((row, row.sent_at, row.sent_by, "状態", f"プレ相談 → {_to(row)}") for row in records.asked),
        *((row, row.transferred_at, row.transferred_by, "状態", "担当機関の引継ぎ") for row in records.handed),
        *((row, row.sent_at, row.sent_by, "つなぎ", f"つなぎ → {_to(row)}") for row in records.referrals),
    ]
    return [
        Entry(at, kind, what, row.from_organisation, who.name, row._meta.model_name, row)
        for row, at, who, kind, what in rows
    ]


def _to(row: PreConsultation | Referral) -> str:
    return str(row.to_organisation.short_name)


def _when(entry: Entry) -> tuple[dt.date, float]:
    """Newest first; a fact known by its day alone stands where it was entered, if that was the same day."""
    if isinstance(entry.at, dt.datetime):
        return (timezone.localtime(entry.at).date(), entry.at.timestamp())
    entered: dt.datetime | None = getattr(entry.row, "created_at", None)
    if entered is not None and timezone.localtime(entered).date() == entry.at:
        return (entry.at, entered.timestamp())
    return (entry.at, 0.0)
