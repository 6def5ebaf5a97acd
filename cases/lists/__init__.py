"""Lists with chips, saved views, chosen columns and an export. A list is a ListSpec here and a view that shows it."""

from cases.enums import ListKind
from cases.lists.cases import CaseList
from cases.lists.placements import PlacementList
from cases.lists.spec import ListSpec

LISTS: dict[ListKind, ListSpec] = {ListKind.CASES: CaseList(), ListKind.PLACEMENTS: PlacementList()}
