"""Tables of casework, cut by noun."""

from cases.models.attachment import Attachment, AttachmentContent
from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.circumstance import Circumstance
from cases.models.contact import Appointment, Interview, NoteSource
from cases.models.emergency import EmergencyAccess
from cases.models.person import Person, PersonContact
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.referral import Referral, ReferralAnswer
from cases.models.screening import Deferral, PreConsultation
from cases.models.search import SearchKey
from cases.models.sharing import Consent, ConsentRecipient, Grant
from cases.models.suppression import Release, Suppression
from cases.models.team import Assignment, SupportRequest
from cases.models.transfer import Transfer
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
    "Deferral",
    "EmergencyAccess",
    "Grant",
    "Interview",
    "Introduction",
    "NoteSource",
    "Person",
    "PersonContact",
    "Placement",
    "PlanMenu",
    "PreConsultation",
    "Referral",
    "ReferralAnswer",
    "Release",
    "RetentionCheck",
    "SearchKey",
    "SupportPlan",
    "SupportRequest",
    "Suppression",
    "Transfer",
    "Workplace",
]
