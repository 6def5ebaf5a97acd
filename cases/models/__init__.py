"""Tables of casework, cut by noun."""

from cases.models.attachment import Attachment, AttachmentContent
from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.circumstance import Circumstance
from cases.models.contact import Appointment, Interview, NoteSource
from cases.models.emergency import EmergencyAccess
from cases.models.handover import Cover, Handover, HandoverItem
from cases.models.meeting import CaseMeeting, MeetingGuest, MeetingItem, MeetingParticipant, MeetingTask
from cases.models.person import Person, PersonContact
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.search import SearchKey
from cases.models.sharing import Consent, ConsentRecipient, Grant
from cases.models.suppression import Release, Suppression
from cases.models.team import Assignment, SupportRequest
from cases.models.work import Introduction, Placement, RetentionCheck, Workplace

__all__ = [
    "Appointment",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "BenefitPeriod",
    "Case",
    "CaseCounter",
    "CaseMeeting",
    "CaseTransition",
    "Circumstance",
    "Consent",
    "ConsentRecipient",
    "Cover",
    "EmergencyAccess",
    "Grant",
    "Handover",
    "HandoverItem",
    "Interview",
    "Introduction",
    "MeetingGuest",
    "MeetingItem",
    "MeetingParticipant",
    "MeetingTask",
    "NoteSource",
    "Person",
    "PersonContact",
    "Placement",
    "PlanMenu",
    "Release",
    "RetentionCheck",
    "SearchKey",
    "SupportPlan",
    "SupportRequest",
    "Suppression",
    "Workplace",
]
