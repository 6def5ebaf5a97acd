"""Row security on what hangs on a case, history included: seen with the case, but not by a partner it was referred to."""

from importlib import import_module

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0003_walls")

# Read with the case; an own file by its organisation alone; a file of an interview by who reads the note.
FILE = (
    f"{walls.THROUGH_CASE}"
    f" AND CASE visibility WHEN 'shared' THEN true WHEN 'own' THEN organisation_id = {walls.MINE}"
    " WHEN 'team' THEN uploaded_by_id = (SELECT ittai_user()) OR ittai_assigned(case_id) ELSE false END"
    " AND (interview_id IS NULL OR EXISTS (SELECT 1 FROM cases_interview i WHERE i.id = {table}.interview_id))"
)
# The bytes are read by who sees the file, as long as it is not taken back.
BYTES = "EXISTS (SELECT 1 FROM cases_attachment a WHERE a.id = {table}.attachment_id AND a.removed_at IS NULL)"
# Kinds of facts by the grant; what no consent names by the organisation that wrote it.
OBSTACLE = (
    f"({walls.INCLUDED}) AND CASE visibility WHEN 'shared' THEN true WHEN 'own' THEN organisation_id = {walls.MINE}"
    " ELSE false END"
)

THROUGH_CASE = (
    "Appointment",
    "Assessment",
    "Assignment",
    "BenefitPeriod",
    "ChecklistRound",
    "HandoverSheet",
    "Introduction",
    "Placement",
    "PlanMenu",
    "PlanReview",
    "PlanReviewItem",
    "Qualification",
    "RetentionCheck",
    "SupportPlan",
    "SupportRequest",
    "WorkHistory",
)
# (table, who reads a row, who writes one if not the same)
WALLED = (
    *((name, walls.THROUGH_CASE, walls.THROUGH_CASE) for name in THROUGH_CASE),
    ("Attachment", FILE, FILE),
    ("ChecklistAnswer", walls.INCLUDED, walls.INCLUDED),
    ("Interview", walls.NOTE, walls.NOTE),
    ("NoteSource", walls.OWN_SOURCE, walls.OWN_SOURCE),
    ("Obstacle", OBSTACLE, OBSTACLE),
    ("PastWorkplace", walls.WORKPLACE, walls.THROUGH_CASE),
    ("Workplace", walls.WORKPLACE, walls.THROUGH_CASE),
)

# (child, its columns, parent table, parent columns): a child and what it points at share the case.
SAME = (
    ("Attachment", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("Attachment", ("interview_id", "case_id"), "cases_interview", ("id", "case_id")),
    ("ChecklistAnswer", ("round_id", "case_id"), "cases_checklistround", ("id", "case_id")),
    ("HandoverSheet", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    # Only to whom the person named.
    ("HandoverSheet", ("consent_id", "recipient_id"), "cases_consentrecipient", ("consent_id", "organisation_id")),
    ("Interview", ("appointment_id", "case_id"), "cases_appointment", ("id", "case_id")),
    ("NoteSource", ("interview_id", "case_id"), "cases_interview", ("id", "case_id")),
    ("PastWorkplace", ("history_id", "case_id"), "cases_workhistory", ("id", "case_id")),
    ("Placement", ("introduction_id", "case_id"), "cases_introduction", ("id", "case_id")),
    ("PlanMenu", ("plan_id", "case_id"), "cases_supportplan", ("id", "case_id")),
    ("PlanReview", ("plan_id", "case_id"), "cases_supportplan", ("id", "case_id")),
    ("PlanReviewItem", ("plan_menu_id", "case_id"), "cases_planmenu", ("id", "case_id")),
    ("PlanReviewItem", ("review_id", "case_id"), "cases_planreview", ("id", "case_id")),
    ("RetentionCheck", ("placement_id", "case_id"), "cases_placement", ("id", "case_id")),
    ("SupportRequest", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("SupportRequest", ("previous_id", "case_id"), "cases_supportrequest", ("id", "case_id")),
    ("Workplace", ("introduction_id", "case_id"), "cases_introduction", ("id", "case_id")),
    ("Workplace", ("placement_id", "case_id"), "cases_placement", ("id", "case_id")),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_walls")]

    operations = [
        *(
            operation
            for name, using, check in WALLED
            for operation in walls.both(RowSecurity, name, walls.within(using), check=walls.within(check))
        ),
        # What the grant includes, a partner reads as well.
        *walls.both(RowSecurity, "Circumstance", walls.INCLUDED),
        RowSecurity("AttachmentContent", BYTES),
        *walls.kept(*(name for name, _using, _check in WALLED), "Circumstance"),
        Restrict("AttachmentContent", "UPDATE, DELETE, TRUNCATE"),
        Restrict("PlanReviewItem", "UPDATE"),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
