"""Tables of casework, cut by noun."""

from cases.models.assessment import Assessment, Obstacle, PastWorkplace, Qualification, WorkHistory
from cases.models.attachment import Attachment, AttachmentContent
from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.circumstance import Circumstance
from cases.models.contact import Appointment, Interview, NoteSource
from cases.models.emergency import EmergencyAccess
from cases.models.independence import ChecklistAnswer, ChecklistRound
from cases.models.person import Person, PersonContact
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.search import SearchKey
from cases.models.sharing import Consent, ConsentRecipient, Grant
from cases.models.sheets import HandoverSheet, InterpreterNeed
from cases.models.suppression import Release, Suppression
from cases.models.team import Assignment, SupportRequest
from cases.models.work import Introduction, Placement, RetentionCheck, Workplace

__all__ = [
    "Appointment",
    "Assessment",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "BenefitPeriod",
    "Case",
    "CaseCounter",
    "CaseTransition",
    "ChecklistAnswer",
    "ChecklistRound",
    "Circumstance",
    "Consent",
    "ConsentRecipient",
    "EmergencyAccess",
    "Grant",
    "HandoverSheet",
    "InterpreterNeed",
    "Interview",
    "Introduction",
    "NoteSource",
    "Obstacle",
    "PastWorkplace",
    "Person",
    "PersonContact",
    "Placement",
    "PlanMenu",
    "Qualification",
    "Release",
    "RetentionCheck",
    "SearchKey",
    "SupportPlan",
    "SupportRequest",
    "Suppression",
    "WorkHistory",
    "Workplace",
]
