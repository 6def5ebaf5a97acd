"""Who sees which text of a case: field × role → write, read or mask. Read by people, walked by tests/access/test_fields.py.

Letters as in permission_matrix.py, and three who stand outside of the case's team:
         t 担当でないナビゲーター(同じハローワーク)  v 隣の福祉事務所のケースワーカー(同じ協定)  x 別の市のケースワーカー

A line: (who changes it – finds it in a form of theirs, who reads it). Everybody else is masked: the text is in
no page, file, calendar, mail or log line that they can get. Every text field of the models of `cases` is here
or in NOT_SHOWN; a new one fails the test until somebody decides.
"""

from __future__ import annotations

EVERYBODY = "csnmhbkdiatvx"
READERS = "csnmhit"  # whoever sees the case: consent was given, the interpreter is assigned to it
CITY = "csmi"  # the municipal side of the case
HELLO_WORK = "nht"
NOBODY = ""

# "Model.field", after a colon which one of them → (who changes it, who reads it)
TABLE: dict[str, tuple[str, str]] = {
    "Person.name": ("csm", READERS),
    "Person.name_kana": ("csm", READERS),
    "Person.birth_note": ("csm", READERS),
    "Person.language": ("csm", READERS),
    "PersonContact.postal_code": ("csm", READERS),
    "PersonContact.address": ("csm", READERS),
    "PersonContact.phone": ("csm", READERS),
    "PersonContact.email": ("csm", READERS),
    "PersonContact.contact_note": ("csm", READERS),
    "PersonContact.school": ("csm", READERS),
    "PersonContact.route": ("csm", READERS),
    "PersonContact.family": ("csm", READERS),
    "PersonContact.postal_code:suppressed": (NOBODY, NOBODY),
    "PersonContact.address:suppressed": (NOBODY, NOBODY),
    "PersonContact.phone:suppressed": (NOBODY, NOBODY),
    "PersonContact.email:suppressed": (NOBODY, NOBODY),
    "PersonContact.contact_note:suppressed": (NOBODY, NOBODY),
    "PersonContact.school:suppressed": (NOBODY, NOBODY),
    "PersonContact.route:suppressed": (NOBODY, NOBODY),
    "PersonContact.family:suppressed": (NOBODY, NOBODY),
    "PersonMerge.note": (NOBODY, "cm"),
    "PersonMerge.merged_values": (NOBODY, "cm"),
    "Case.intake_note": (NOBODY, READERS),
    "Case.close_note": (NOBODY, "csmnht"),
    "CaseTransition.note": (NOBODY, "csmnht"),
    "Appointment.place": ("csnmht", READERS),
    "Appointment.bring": ("csnmht", READERS),
    "Appointment.note": ("csnmht", READERS),
    "Appointment.status_note": (NOBODY, READERS),
    "AppointmentMove.reason": (NOBODY, READERS),
    "Interview.other_participants": ("n", "n"),
    "Interview.homework": ("n", READERS),
    "Interview.body:shared": ("n", READERS),
    "Interview.body:own": ("n", HELLO_WORK),
    "Interview.body:team": ("n", "ni"),
    "Interview.body:own of the city": ("c", CITY),
    "Interview.body:health": ("c", READERS),
    "Interview.body:finance": ("c", CITY),
    "Interview.body:family": ("c", CITY),
    "NoteSource.name": (NOBODY, CITY),
    "Circumstance.body:health": ("csnmht", READERS),
    "Circumstance.body:finance": ("csm", CITY),
    "Circumstance.body:family": ("csm", CITY),
    "Consent.purpose": (NOBODY, READERS),
    "Consent.withdrawal_note": (NOBODY, READERS),
    "Attachment.name": (NOBODY, READERS),
    "Attachment.name:own": (NOBODY, HELLO_WORK),
    "Attachment.removal_reason": (NOBODY, READERS),
    "WorkerSlot.note": ("csm", CITY),
    "EmergencyAccess.reason": (NOBODY, "m"),
    "EmergencyAccess.review_note": (NOBODY, "m"),
    "OddReading.found": (NOBODY, "m"),
    "OddReading.note": (NOBODY, "m"),
    "SupportPlan.goal": ("csnmht", READERS),
    "SupportPlan.issues": ("csnmht", READERS),
    "Suppression.reason": (NOBODY, "csnmht"),
    "Release.reason": (NOBODY, "csnmht"),
    "SupportRequest.message": (NOBODY, READERS),
    "SupportRequest.answer_note": (NOBODY, READERS),
    "SupportRequest.offered_instead": (NOBODY, READERS),
    "Introduction.job_title": ("csnmht", READERS),
    "Introduction.result_reason": (NOBODY, READERS),
    "Placement.job_title": (NOBODY, READERS),
    "Placement.separation_reason": (NOBODY, READERS),
    "RetentionCheck.note": (NOBODY, READERS),
    "ReportComment.text": (NOBODY, "csnmhbdtv"),
}

# Text fields that hold no words of people, or that no screen shows.
NOT_SHOWN: dict[str, str] = {
    "PersonMerge.kept_values": "統合の取消しのための控え。項目は Person と同じ",
    "Case.number": "番号。内容ではない",
    "Grant.withdrawal_reason": "決まった文だけ",
    "Attachment.content_type": "形式の名前",
    "Attachment.sha256": "要約値",
    "AttachmentContent.data": "暗号化された中身。test_attachments.py",
    "CalendarFeed.token_digest": "要約値",
    "SearchKey.key": "綴り。画面に出ない。行の保護は test_row_security.py",
    "SupportRequest.ability_note": "画面に出ない",
    "SupportRequest.motivation_note": "画面に出ない",
    "SupportRequest.no_obstacle_note": "画面に出ない",
    "SupportRequest.agrees_note": "画面に出ない",
    "SupportRequest.flexibility_reason": "画面に出ない",
    "Assignment.reason": "画面に出ない",
    "Assignment.end_reason": "画面に出ない",
    "PlanMenu.content": "画面に出ない",
}
