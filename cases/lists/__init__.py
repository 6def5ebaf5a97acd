"""Lists with chips, saved views, chosen columns and an export. A list is a ListSpec here and a view that shows it."""

from cases.enums import ListKind
from cases.lists.appointments import AppointmentList
from cases.lists.cases import CaseList
from cases.lists.employers import EmployerList
from cases.lists.placements import PlacementList
from cases.lists.spec import ListSpec

LISTS: dict[ListKind, ListSpec] = {
    spec.kind: spec for spec in (CaseList(), PlacementList(), AppointmentList(), EmployerList())
}
