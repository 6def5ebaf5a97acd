"""Tables of casework, cut by noun."""

from cases.models.attachment import Attachment, AttachmentContent
from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.circumstance import Circumstance
from cases.models.contact import Appointment, Interview, NoteSource
from cases.models.emergency import EmergencyAccess
from cases.models.paper import FormTemplate, SuccessStory
from cases.models.person import Person, PersonContact
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.review import PlanReview, PlanReviewItem
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
    "CaseTransition",
    "Circumstance",
    "Consent",
    "ConsentRecipient",
    "EmergencyAccess",
    "FormTemplate",
    "Grant",
    "Interview",
    "Introduction",
    "NoteSource",
    "Person",
    "PersonContact",
    "Placement",
    "PlanMenu",
    "PlanReview",
    "PlanReviewItem",
    "Release",
    "RetentionCheck",
    "SearchKey",
    "SuccessStory",
    "SupportPlan",
    "SupportRequest",
    "Suppression",
    "Workplace",
]
