"""Every list alike: its conditions as chips, saved views, columns, the way back to it, and its export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access_log import because
from accounts.confirm import reauthenticated
from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import listing as acts
from cases.actions.moves import CaseError
from cases.actions.suppression import NotBySamePerson, withheld
from cases.enums import ListKind
from cases.forms.listing import ExportForm, ViewForm
from cases.lists import LISTS
from cases.lists.spec import COUNTED, LAST_LIST, ListSpec, Wanted
from cases.lists.workbook import workbook_of
from cases.models import Case, ListExport, ListSetting, SavedView
from cases.views.access import actor_of
from core.documents import XLSX_TYPE, download
from core.forms import ConfirmForm
from core.pagination import page_of
from core.periods import now, today
from core.templatetags.ui import moment

# The cases of the page of a list that was open last, in order: the way to the next one.
LAST_ROWS = "last_rows"


@dataclass(frozen=True)
class Listing:
    """A list as the address, the open view and the user's setting say."""

    spec: ListSpec
    wanted: Wanted
    views: list[SavedView]
    view: SavedView | None
    setting: ListSetting | None

    @property
    def tail(self) -> str:
        """What follows the conditions in an address: order and view."""
        rest = {"sort": self.wanted.sort, "view": str(self.view.pk) if self.view else ""}
        tail = urlencode([(name, value) for name, value in rest.items() if value])
        return f"&{tail}" if tail else ""

    @property
    def address(self) -> str:
        return self.wanted.form.address() + self.tail

    @property
    def is_changed(self) -> bool:
        """Whether conditions or order are no longer those of the open view."""
        view = self.view
        return view is not None and (view.query, view.sort) != (self.wanted.form.address(), self.wanted.sort)

    @property
    def first_view(self) -> UUID | None:
        """The view with which the list opens, as long as there is one."""
        first = self.setting.first_view if self.setting else None
        return first if first in {view.pk for view in self.views} else None

    @property
    def url(self) -> str:
        return f"{reverse(self.spec.url_name)}?{self.address}"


def listing_of(request: HttpRequest, spec: ListSpec) -> Listing:
    """The address decides; a view alone brings its own conditions; nothing at all opens with the user's first view."""
    actor, given = actor_of(request), request.GET
    views = list(SavedView.objects.visible_to(actor).filter(kind=spec.kind).order_by("is_shared", "name", "pk"))
    setting = ListSetting.objects.filter(user=actor.user.pk, kind=spec.kind).first()
    is_explicit = any(name in given for name in (*spec.form.base_fields, "sort", "page"))  # type: ignore[attr-defined]
    first = str(setting.first_view) if setting and not is_explicit else ""
    asked = given.get("view", first)
    view = next((view for view in views if str(view.pk) == asked), None)
    from_view = view is not None and not is_explicit
    data: Any = QueryDict(view.query) if view is not None and from_view else given
    sort = view.sort if view is not None and from_view else given.get("sort", "")
    columns = view.columns if view is not None else setting.columns if setting else []
    wanted = Wanted(
        actor=actor,
        form=spec.form(data, actor=actor),
        sort=sort if sort in spec.sorts else "",
        columns=spec.columns_by(columns),
    )
    return Listing(spec=spec, wanted=wanted, views=views, view=view, setting=setting)


def list_context(request: HttpRequest, spec: ListSpec) -> dict[str, Any]:
    """What a list's template shows; remembers the address for the way back."""
    listing = listing_of(request, spec)
    wanted, cursor = listing.wanted, request.GET.get("page")
    page, rows = spec.page(wanted, cursor)
    here = listing.address + (f"&{urlencode({'page': cursor})}" if cursor and not page.is_first else "")
    if request.session.get(spec.seen_in) != [spec.kind.value, here]:
        request.session[spec.seen_in] = [spec.kind.value, here]
    shown = list(dict.fromkeys(str(row["case"].pk) for row in rows if "case" in row))
    if shown and request.session.get(LAST_ROWS) != shown:
        request.session[LAST_ROWS] = shown
    # What stands on one page need not be counted.
    count = len(rows) if page.is_first and not page.older else spec.count(wanted)
    may_approve = wanted.actor.can(Permission.APPROVE_EXPORT)
    return {
        "spec": spec,
        "listing": listing,
        "form": wanted.form,
        "usual": spec.form.usual_address(),
        "chips": [replace(chip, without=chip.without + listing.tail) for chip in wanted.form.conditions()],
        "columns": wanted.columns,
        "rows": rows,
        "page": page,
        "count": f"{COUNTED:,}{spec.unit}以上" if count > COUNTED else f"{count:,}{spec.unit}",
        "can_export": wanted.actor.can(spec.export_permission),
        "can_see_exports": wanted.actor.can(Permission.EXPORT_CASES),
        "waiting_count": ListExport.objects.visible_to(wanted.actor).waiting().count() if may_approve else 0,
    }


def back_to_list(request: HttpRequest, case: Case) -> str:
    """The list from which this case was opened: same conditions, page and row; '' when there was none."""
    kind, query = request.session.get(LAST_LIST, ("", ""))
    if kind not in ListKind.values:
        return ""
    return f"{reverse(LISTS[ListKind(kind)].url_name)}?{query}#row-{case.pk}"


@dataclass(frozen=True)
class Neighbours:
    """The cases before and after this one on the page of the list that was open last; "" where it ends."""

    before: str
    after: str
    place: int
    count: int


def neighbours(request: HttpRequest, case: Case) -> Neighbours | None:
    """None when the case does not stand on that page. Whether a neighbour may be seen is asked when it is opened."""
    rows: list[str] = request.session.get(LAST_ROWS, [])
    if str(case.pk) not in rows:
        return None
    place = rows.index(str(case.pk))
    around = ["", *rows, ""]
    return Neighbours(before=around[place], after=around[place + 2], place=place + 1, count=len(rows))


def _spec(kind: str, actor: Actor, *, is_export: bool = False) -> ListSpec:
    """The list of that name, for who may open it."""
    if kind not in ListKind.values:
        raise Http404
    spec = LISTS[ListKind(kind)]
    if not actor.can(spec.export_permission if is_export else spec.permission):
        raise PermissionDenied
    return spec


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@requires(Permission.VIEW_CASES)
@require_safe
def placement_list(request: HttpRequest) -> HttpResponse:
    """就職と定着: placements, newest first."""
    return render(request, "cases/placement_list.html", list_context(request, LISTS[ListKind.PLACEMENTS]))


@requires(Permission.VIEW_CASES)
@require_safe
def booking_list(request: HttpRequest) -> HttpResponse:
    """予約: bookings of my cases as rows; the week stands in appointment_list."""
    return render(request, "cases/booking_list.html", list_context(request, LISTS[ListKind.APPOINTMENTS]))


@requires(Permission.VIEW_EMPLOYERS)
@require_safe
def employer_list(request: HttpRequest) -> HttpResponse:
    """事業所: what is known of workplaces is shared between all who work here; one of them is employers.views."""
    can_edit = actor_of(request).can(Permission.EDIT_EMPLOYERS)
    context = {**list_context(request, LISTS[ListKind.EMPLOYERS]), "can_edit": can_edit}
    return render(request, "employers/employer_list.html", context)


@requires(Permission.KEEP_LISTS)
def list_views(request: HttpRequest, kind: str) -> HttpResponse:
    """Save the list as it is shown; choose which view comes first; delete views."""
    actor = actor_of(request)
    spec = _spec(kind, actor)
    in_hand = SavedView.objects.in_hand_of(actor).filter(kind=spec.kind)
    if "delete" in request.GET:
        return _ask_to_delete(request, spec, get_object_or_404(in_hand, pk=_uuid(request.GET["delete"])))
    listing = listing_of(request, spec)
    act = request.POST.get("act", "")
    saving = request.method == "POST" and act not in ("first", "delete")
    form = ViewForm(request.POST if saving else None, actor=actor)
    if request.method == "POST" and act == "delete":
        gone = get_object_or_404(in_hand, pk=_uuid(request.POST.get("view", "")))
        acts.delete_view(view=gone)
        messages.success(request, f"「{gone.name}」を消しました。一覧そのものと記録は変わりません。")
        return redirect("list_views", kind=spec.kind.value)
    if request.method == "POST" and act == "first":
        asked = request.POST.get("view", "")
        shown = SavedView.objects.visible_to(actor).filter(kind=spec.kind)
        view = get_object_or_404(shown, pk=_uuid(asked)) if asked else None
        acts.begin_with(kind=spec.kind, by=actor, view=view.pk if view else None)
        messages.success(request, f"{spec.title}の一覧は「{view or 'ふだんの一覧'}」で開きます。")
        return redirect("list_views", kind=spec.kind.value)
    if saving and form.is_valid():
        data = form.cleaned_data
        try:
            view = acts.save_view(
                kind=spec.kind,
                by=actor,
                name=data["name"],
                query=listing.wanted.form.address(),
                columns=listing.wanted.codes,
                sort=listing.wanted.sort,
                is_shared=data.get("is_shared", False),
                is_first=data["is_first"],
            )
        except CaseError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"「{view.name}」を保存しました。一覧の上の「保存した表示」から開けます。")
            return redirect(f"{reverse(spec.url_name)}?view={view.pk}")
    return render(
        request,
        "cases/list_views.html",
        {
            "spec": spec,
            "listing": listing,
            "conditions": list(listing.wanted.form.conditions()),
            "sort_label": spec.sorts[listing.wanted.sort],
            "first_view": listing.first_view,
            "form": form,
            "in_hand": set(in_hand.values_list("pk", flat=True)),
        },
    )


def _ask_to_delete(request: HttpRequest, spec: ListSpec, view: SavedView) -> HttpResponse:
    """Whose view it is, before it goes."""
    here = reverse("list_views", kwargs={"kind": spec.kind.value})
    return render(
        request,
        "confirm.html",
        {
            "title": "保存した表示を消す",
            "facts": [("表示", view.name), ("使う人", "機関のみんな" if view.is_shared else "自分だけ")],
            "lead": f"この{'共有の' if view.is_shared else ''}表示は選べなくなり、戻せません。"
            "一覧そのものと記録は変わりません。",
            "submit": "消す",
            "form": ConfirmForm(request, act="delete", view=str(view.pk)),
            "action": here,
            "back": here,
        },
    )


@requires(Permission.KEEP_LISTS)
def list_columns(request: HttpRequest, kind: str) -> HttpResponse:
    """Which columns, in which order: boxes and buttons, which work without JavaScript."""
    actor = actor_of(request)
    spec = _spec(kind, actor)
    listing = listing_of(request, spec)
    chosen = listing.wanted.columns
    if request.method == "POST":
        # The order in which the boxes stand in the page is the order of the columns.
        chosen = spec.columns_by([spec.columns[0].code, *request.POST.getlist("column")])
        step = request.POST.get("move", "")
        if step:
            chosen = _moved(spec, chosen, step)
        elif request.POST.get("act") == "usual":
            acts.choose_columns(kind=spec.kind, by=actor, columns=[], view=listing.view)
            messages.success(request, "列をはじめの並びに戻しました。次に開くときもこの並びです。")
            return redirect(listing.url)
        else:
            codes = [column.code for column in chosen]
            acts.choose_columns(kind=spec.kind, by=actor, columns=codes, view=listing.view)
            messages.success(request, "列を変えました。次に開くときもこの並びです。")
            is_own = listing.view is not None and listing.view.user_id == actor.user.pk
            return redirect(listing.url if is_own else replace(listing, view=None).url)
    rest = [column for column in spec.columns if column not in chosen]
    return render(
        request,
        "cases/list_columns.html",
        {
            "spec": spec,
            "listing": listing,
            "first": chosen[0],
            "chosen": chosen[1:],
            "rest": rest,
            "moved": request.POST.get("move", "").partition(":")[2],
        },
    )


def _moved(spec: ListSpec, chosen: tuple[Any, ...], step: str) -> tuple[Any, ...]:
    """One column one place up or down; the person stays first."""
    way, _colon, code = step.partition(":")
    rest = list(chosen[1:])
    at = next((index for index, column in enumerate(rest) if column.code == code), None)
    to = None if at is None else at - 1 if way == "up" else at + 1
    if at is not None and to is not None and 0 <= to < len(rest):
        rest[at], rest[to] = rest[to], rest[at]
    return (chosen[0], *rest)


@requires(Permission.KEEP_LISTS)
def list_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The list that is open, as a file: how many, why, and whether a second person has to agree."""
    actor, at = actor_of(request), now()
    spec = _spec(kind, actor, is_export=True)
    listing = listing_of(request, spec)
    keys, persons = spec.keys(listing.wanted, settings.EXPORT_ROWS + 1)
    conditions = [f"{condition.label}:{condition.value}" for condition in listing.wanted.form.conditions()]
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            export = acts.ask_export(
                kind=spec.kind,
                by=actor,
                at=at,
                reason=form.cleaned_data["reason"],
                conditions=[*conditions, f"並び:{spec.sorts[listing.wanted.sort]}"],
                columns=listing.wanted.codes,
                row_ids=keys,
                person_ids=persons,
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            if not export.needs_second:  # never without persons in it
                return _file(export, actor)
            messages.success(
                request, "承認を求めました。もう一人の管理者が承認すると、「出力の記録」から取り出せます。"
            )
            return redirect("export_list")
    return render(
        request,
        "cases/list_export.html",
        {
            "spec": spec,
            "listing": listing,
            "conditions": conditions,
            "sort_label": spec.sorts[listing.wanted.sort],
            "form": form,
            "row_count": len(keys),
            "is_too_many": len(keys) > settings.EXPORT_ROWS,
            "person_count": len(persons),
            "withheld_count": len(withheld(persons, by=actor, at=at)),
            "day_count": acts.persons_in_a_day(by=actor, at=at, adding=persons),
            "limit": settings.EXPORT_LIMIT,
        },
    )


def _file(export: ListExport, actor: Actor) -> HttpResponse:
    """The workbook, once. The access log gets the purpose and what was narrowed by, not the values chosen."""
    spec, at = LISTS[ListKind(export.kind)], now()
    acts.take_export(export=export, by=actor, at=at)
    narrowed = "、".join(condition.partition(":")[0] for condition in export.conditions)
    because(f"{spec.title}の一覧の出力: {export.reason}(絞り込み: {narrowed})")
    book = workbook_of(spec, export, by=actor, at=at)
    return download(book, f"{spec.title}の一覧_{today()}.xlsx", kind=XLSX_TYPE)


@requires(Permission.EXPORT_CASES)
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """出力の記録: my own, and for who approves, those of my organisations."""
    actor, at = actor_of(request), now()
    exports = ListExport.objects.visible_to(actor)
    shown = exports.select_related("user", "organisation", "approved_by", "refused_by")
    page = page_of(shown, at="requested_at", key="id", cursor=request.GET.get("page"))
    waiting = exports.waiting().filter(requested_at__gt=at - acts.WAITS_FOR)
    return render(
        request,
        "cases/export_list.html",
        {
            "page": page,
            "rows": [
                (export, [column.label for column in LISTS[ListKind(export.kind)].columns_by(export.columns)])
                for export in page.rows
            ],
            "waiting_ids": set(waiting.values_list("pk", flat=True)),
            "live_ids": set(exports.live(at).values_list("pk", flat=True)),
            "may_answer": actor.can(Permission.APPROVE_EXPORT),
        },
    )


@requires(Permission.APPROVE_EXPORT)
@reauthenticated
def export_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person says yes or no, after reading whose data leaves; whoever asked gets 403."""
    actor = actor_of(request)
    export = get_object_or_404(ListExport.objects.visible_to(actor).select_related("user", "organisation"), pk=pk)
    if request.method != "POST":
        return _ask_for_export(request, export)
    is_approved = request.POST.get("answer") == "approve"
    try:
        acts.answer_export(export=export, by=actor, at=now(), is_approved=is_approved)
    except NotBySamePerson as error:
        raise PermissionDenied from error
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{export.user.name}さんの{len(export.person_ids)}人分の出力を"
            + (
                "承認しました。期限までに一度だけ、本人が「出力の記録」から取り出せます。"
                if is_approved
                else "却下しました。取り出せません。"
            ),
        )
    return redirect("export_list")


def _ask_for_export(request: HttpRequest, export: ListExport) -> HttpResponse:
    """Whose list it is, of how many people and what for, before yes or no."""
    is_approved = request.GET.get("answer") != "refuse"
    labels = [column.label for column in LISTS[ListKind(export.kind)].columns_by(export.columns)]
    return render(
        request,
        "confirm.html",
        {
            "title": "一覧の出力を承認する" if is_approved else "一覧の出力を却下する",
            "facts": [
                ("求めた人", f"{export.organisation.name} {export.user.name}({moment(export.requested_at)})"),
                ("一覧", f"{export.get_kind_display()} {len(export.person_ids)}人"),
                ("目的", export.reason),
                ("条件", "、".join(export.conditions)),
                ("列", "、".join(labels)),
            ],
            "lead": f"{len(export.person_ids)}人の氏名などが入ったExcelを、"
            f"{export.user.name}さんが一度だけ取り出せるようになります。"
            "取り出したファイルは、この仕組みの外に出ます。"
            if is_approved
            else f"{export.user.name}さんはこの一覧を取り出せません。必要なときは、もう一度求めてもらいます。",
            "submit": "承認する" if is_approved else "却下する",
            "form": ConfirmForm(request, answer="approve" if is_approved else "refuse"),
            "back": reverse("export_list"),
        },
    )


@requires(Permission.EXPORT_CASES)
@require_POST
def export_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an approved export, once."""
    actor = actor_of(request)
    export = get_object_or_404(ListExport.objects.filter(user=actor.user.pk), pk=pk)
    try:
        return _file(export, actor)
    except acts.ExportNotOpen as error:
        messages.error(request, str(error))
        return redirect("export_list")
