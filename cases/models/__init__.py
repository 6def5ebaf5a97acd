"""Tables of casework, cut by noun."""

from cases.models.case import BenefitPeriod, Case, CaseCounter, CaseTransition
from cases.models.contact import Appointment, Interview
from cases.models.oversight import OddReading
from cases.models.person import Person
from cases.models.plan import PlanMenu, SupportPlan
from cases.models.search import SearchKey
from cases.models.sharing import Consent, ConsentRecipient, Grant
from cases.models.team import Assignment, SupportRequest
from cases.models.work import Introduction, Placement, RetentionCheck

__all__ = [
    "Appointment",
    "Assignment",
    "BenefitPeriod",
    "Case",
    "CaseCounter",
    "CaseTransition",
    "Consent",
    "ConsentRecipient",
    "Grant",
    "Interview",
    "Introduction",
    "OddReading",
    "Person",
    "Placement",
    "PlanMenu",
    "RetentionCheck",
    "SearchKey",
    "SupportPlan",
    "SupportRequest",
]
