"""Tables of casework, cut by noun."""

from cases.models.assessment import Assessment, Obstacle, PastWorkplace, Qualification, WorkHistory
from cases.models.attachment import Attachment, AttachmentContent
from cases.models.calendar import AppointmentMove, CalendarFeed, NoticeSent, NoticeSetting, WorkerSlot
from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.circumstance import Circumstance
from cases.models.contact import Appointment, Interview, NoteSource
from cases.models.emergency import EmergencyAccess
from cases.models.handover import Cover, Handover, HandoverItem
from cases.models.independence import ChecklistAnswer, ChecklistRound
from cases.models.listing import ListExport, ListSetting, SavedView
from cases.models.meeting import CaseMeeting, MeetingGuest, MeetingItem, MeetingParticipant, MeetingTask
from cases.models.oversight import OddReading
from cases.models.paper import FormTemplate, SuccessStory
from cases.models.person import NotSame, Person, PersonContact, PersonMerge
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.referral import Referral, ReferralAnswer
from cases.models.review import PlanReview, PlanReviewItem
from cases.models.screening import Deferral, PreConsultation
from cases.models.search import SearchKey
from cases.models.sharing import Consent, ConsentRecipient, Grant
from cases.models.sheets import HandoverSheet, InterpreterNeed
from cases.models.suppression import Release, Suppression
from cases.models.team import Assignment, SupportRequest
from cases.models.transfer import Transfer
from cases.models.work import Introduction, Placement, RetentionCheck, Workplace

__all__ = [
    "Appointment",
    "AppointmentMove",
    "Assessment",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "BenefitPeriod",
    "CalendarFeed",
    "Case",
    "CaseCounter",
    "CaseMeeting",
    "CaseTransition",
    "ChecklistAnswer",
    "ChecklistRound",
    "Circumstance",
    "Consent",
    "ConsentRecipient",
    "Cover",
    "Deferral",
    "EmergencyAccess",
    "FormTemplate",
    "Grant",
    "Handover",
    "HandoverItem",
    "HandoverSheet",
    "InterpreterNeed",
    "Interview",
    "Introduction",
    "ListExport",
    "ListSetting",
    "MeetingGuest",
    "MeetingItem",
    "MeetingParticipant",
    "MeetingTask",
    "NotSame",
    "NoteSource",
    "NoticeSent",
    "NoticeSetting",
    "Obstacle",
    "OddReading",
    "PastWorkplace",
    "Person",
    "PersonContact",
    "PersonMerge",
    "Placement",
    "PlanMenu",
    "PlanReview",
    "PlanReviewItem",
    "PreConsultation",
    "Qualification",
    "Referral",
    "ReferralAnswer",
    "Release",
    "RetentionCheck",
    "SavedView",
    "SearchKey",
    "SuccessStory",
    "SupportPlan",
    "SupportRequest",
    "Suppression",
    "Transfer",
    "WorkHistory",
    "WorkerSlot",
    "Workplace",
]
