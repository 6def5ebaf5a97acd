"""Screens of agreements and plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from agreements import actions
from agreements.enums import BenefitStatus, IndicatorCode, PlanStatus, TargetRounding
from agreements.forms import (
    RULES_FIELDS,
    TARGET_COLUMNS,
    AgreementForm,
    AgreePlanForm,
    DeskForm,
    GroupForm,
    MenuForm,
    NewAgreementForm,
    ParticipantForm,
    PartyForm,
    PlanTextForm,
    PlanYearForm,
    RulesForm,
    SiteForm,
    TargetsForm,
)
from agreements.models import Agreement, BusinessPlan, CountingRules, Desk, SupportMenu, TargetGroup
from core.forms import Difference, EditConflict, type_instead
from core.periods import fiscal_year, today


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _find(request: HttpRequest, code: str) -> Agreement:
    return get_object_or_404(Agreement.objects.visible_to(_actor(request)), code=code)


def _edit(
    request: HttpRequest, agreement: Agreement, form: BaseForm, save: Callable[[], Any], *, title: str, done: str
) -> HttpResponse:
    """Show the form; on a valid post save and go back to the agreement."""
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                save()
        except actions.AgreementError as error:
            form.add_error(None, str(error))
        except EditConflict:
            if isinstance(form, AgreementForm):
                conflict = form.conflict_with(Agreement.objects.get(pk=agreement.pk))
        except IntegrityError:
            form.add_error(None, "ほかの登録と重なるため保存できません。コードや並びを確かめてください。")
        else:
            messages.success(request, done)
            return redirect("agreement_detail", code=agreement.code)
    return render(
        request,
        "agreements/agreement_form.html",
        {"agreement": agreement, "form": form, "title": title, "conflict": conflict},
        status=200 if conflict is None else 409,
    )


@requires(Permission.VIEW_AGREEMENTS)
@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    agreements = Agreement.objects.visible_to(actor).prefetch_related("parties__organisation").order_by("name")
    return render(
        request,
        "agreements/agreement_list.html",
        {"agreements": agreements, "can_edit": actor.can(Permission.EDIT_AGREEMENTS)},
    )


@requires(Permission.EDIT_AGREEMENTS)
def agreement_new(request: HttpRequest) -> HttpResponse:
    form = NewAgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agreement = actions.found_agreement(
            agreement=form.save(commit=False), signatory=form.cleaned_data["signatory"], by=_actor(request)
        )
        messages.success(request, "協定を登録しました。ほかの当事者と対象区分を加えてください。")
        return redirect("agreement_detail", code=agreement.code)
    return render(request, "agreements/agreement_form.html", {"form": form, "title": "協定を登録する"})


@requires(Permission.VIEW_AGREEMENTS)
@require_safe
def agreement_detail(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    year = fiscal_year(today())
    return render(
        request,
        "agreements/agreement_detail.html",
        {
            "agreement": agreement,
            "parties": agreement.parties.select_related("organisation").order_by("position", "pk"),
            "participants": agreement.participants.order_by("name"),
            "menus": SupportMenu.objects.filter(agreement=agreement).order_by("position", "pk"),
            "sites": agreement.sites.order_by("opened_on", "pk"),
            "groups": agreement.target_groups.prefetch_related("statuses").order_by("position", "pk"),
            "plans": agreement.plans.order_by("-fiscal_year", "-version_number"),
            "rules": CountingRules.objects.in_force(agreement, year),
            "rules_history": agreement.counting_rules.order_by("-fiscal_year", "-version_number"),
            "year_form": PlanYearForm(),
            "can_edit": _actor(request).can(Permission.EDIT_AGREEMENTS),
        },
    )


@requires(Permission.EDIT_AGREEMENTS)
def agreement_edit(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    form = AgreementForm(request.POST or None, instance=agreement)
    return _edit(
        request,
        agreement,
        form,
        form.save,
        title="協定を直す",
        done=f"{agreement.name}を保存しました。当事者すべての画面に出ます。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def party_new(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    form = PartyForm(request.POST or None)
    form.instance.agreement = agreement
    return _edit(
        request,
        agreement,
        form,
        form.save,
        title="当事者を加える",
        done="当事者を加えました。この機関も計画と報告を見て、報告を確認します。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def participant_new(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    form = ParticipantForm(request.POST or None)
    return _edit(
        request,
        agreement,
        form,
        lambda: agreement.participants.add(form.cleaned_data["organisation"]),
        title="実施機関を加える",
        done="実施機関を加えました。同意の相手として選べます。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def site_new(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    form = SiteForm(request.POST or None)
    return _edit(
        request,
        agreement,
        form,
        lambda: agreement.sites.add(form.save()),
        title="一体的実施施設を加える",
        done="施設を加えました。続けて席・部屋を登録すると、予約で選べます。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def site_desks(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Desks and rooms of a site: add one, take one out of use or back."""
    agreement = _find(request, code)
    site = get_object_or_404(agreement.sites, pk=pk)
    toggled = request.POST.get("desk", "")
    form = DeskForm(request.POST if request.method == "POST" and not toggled else None, instance=Desk(site=site))
    if toggled:
        known = toggled.isascii() and toggled.isdigit() and len(toggled) < 15
        desk = get_object_or_404(site.desks, pk=int(toggled) if known else 0)
        actions.set_desk_active(desk=desk, is_active=request.POST.get("act") == "enable")
        messages.success(
            request,
            f"{desk.name}を{'使えるように' if request.POST.get('act') == 'enable' else '休止に'}しました。"
            "すでにある予約はそのままです。",
        )
        return redirect("site_desks", code=code, pk=pk)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{form.instance.name}を加えました。予約のときに選べます。")
        return redirect("site_desks", code=code, pk=pk)
    desks = site.desks.order_by("-is_active", "name")
    context = {"agreement": agreement, "site": site, "desks": desks, "form": form}
    return render(request, "agreements/site_desks.html", context)


@requires(Permission.EDIT_AGREEMENTS)
def menu_new(request: HttpRequest, code: str) -> HttpResponse:
    agreement = _find(request, code)
    form = MenuForm(request.POST or None)
    form.instance.agreement = agreement
    return _edit(
        request,
        agreement,
        form,
        form.save,
        title="支援メニューを加える",
        done="支援メニューを加えました。支援プランで選べます。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def group_edit(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    """Add a target group, or change one."""
    agreement = _find(request, code)
    group = get_object_or_404(agreement.target_groups, pk=pk) if pk else TargetGroup(agreement=agreement)
    initial = {"statuses": list(group.statuses.values_list("status", flat=True)) if pk else []}
    form = GroupForm(request.POST or None, instance=group, initial=initial)

    def save() -> None:
        saved = form.save()
        actions.set_group_statuses(
            group=saved, statuses=[BenefitStatus(status) for status in form.cleaned_data["statuses"]]
        )

    return _edit(
        request,
        agreement,
        form,
        save,
        title="対象区分を直す" if pk else "対象区分を加える",
        done="対象区分を保存しました。これから支援を始める人の区分と、目標の表に使われます。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def rules_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new version of the counting rules, beginning with the ones in force."""
    agreement = _find(request, code)
    current = CountingRules.objects.in_force(agreement, fiscal_year(today()))
    initial = {name: getattr(current, name) for name in RULES_FIELDS} if current else {}
    initial |= {"fiscal_year": fiscal_year(today()), "decided_on": today()}
    form = RulesForm(request.POST or None, initial=initial)
    form.instance.agreement = agreement
    return _edit(
        request,
        agreement,
        form,
        lambda: actions.new_rules(rules=form.save(commit=False), by=_actor(request).user),
        title="計数規則の新しい版",
        done="計数規則の新しい版を登録しました。確定済みの月は前の版のままです。",
    )


@requires(Permission.EDIT_AGREEMENTS)
def plan_year(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the plan of a year, or its next version."""
    agreement = _find(request, code)
    form = PlanYearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan = actions.new_plan(agreement=agreement, fiscal_year=form.cleaned_data["year"])
        return redirect("plan_detail", code=code, year=plan.fiscal_year, version=plan.version_number)
    return render(
        request, "agreements/agreement_form.html", {"agreement": agreement, "form": form, "title": "事業計画を作る"}
    )


@requires(Permission.VIEW_AGREEMENTS)
def plan_detail(request: HttpRequest, code: str, year: int, version: int) -> HttpResponse:
    """A plan's targets; a draft can be edited here, an agreed one only read."""
    agreement = _find(request, code)
    plan = get_object_or_404(BusinessPlan, agreement=agreement, fiscal_year=year, version_number=version)
    can_edit = _actor(request).can(Permission.EDIT_AGREEMENTS) and plan.status == PlanStatus.DRAFT
    if request.method == "POST" and not can_edit:
        raise PermissionDenied
    act = request.POST.get("act", "")
    seen = actions.targets_stamp(plan)
    targets = TargetsForm(request.POST if act in ("save", "propose") else None, plan=plan, seen=seen)
    text = PlanTextForm(request.POST if act == "text" else None, instance=plan)
    agree = AgreePlanForm(request.POST if act == "agree" else None, seen=seen)
    has_moved = False
    conflict: list[Difference] | None = None
    here = redirect("plan_detail", code=code, year=year, version=version)
    form: BaseForm | None = {"save": targets, "propose": targets, "text": text, "agree": agree}.get(act)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            match act:
                case "propose":
                    rules = CountingRules.objects.in_force(agreement, year)
                    rounding = TargetRounding(rules.target_rounding) if rules else TargetRounding.CEILING
                    targets = TargetsForm(targets.proposal(rounding), plan=plan, seen=seen)
                    messages.info(request, "空欄だった目標就職者数と合計に案を入れました。まだ保存していません。")
                case "save":
                    actions.save_targets(plan=plan, values=targets.values(), seen=targets.cleaned_data["seen"])
                    messages.success(
                        request, "目標を保存しました。当事者が合意したら「合意を記録する」を押してください。"
                    )
                    return here
                case "text":
                    text.save()
                    messages.success(request, "事業内容を保存しました。計画の画面に出ます。")
                    return here
                case _:
                    given = agree.cleaned_data
                    actions.agree_plan(plan=plan, by=_actor(request).user, on=given["agreed_on"], seen=given["seen"])
                    messages.success(
                        request,
                        "合意を記録しました。この版はもう変わりません。"
                        "報告の目標として使われます。変えるときは次の版を作ります。",
                    )
                    return here
        except actions.TargetsMoved as error:
            form.add_error(None, str(error))
            type_instead(form, "seen", actions.targets_stamp(plan))
            has_moved = True
        except actions.AgreementError as error:
            form.add_error(None, str(error))
        except EditConflict:
            conflict = text.conflict_with(BusinessPlan.objects.get(pk=plan.pk))
    return render(
        request,
        "agreements/plan_detail.html",
        {
            "agreement": agreement,
            "plan": plan,
            "targets": targets,
            "text_form": text,
            "agree_form": agree,
            "form": form,
            "columns": [IndicatorCode(code).label for code, _rate, _total in TARGET_COLUMNS],
            "stored": _stored_rows(plan),
            "has_moved": has_moved,
            "can_edit": can_edit,
            "conflict": conflict,
        },
        status=409 if conflict is not None or has_moved else 200,
    )


def _stored_rows(plan: BusinessPlan) -> list[tuple[str, list[Any]]]:
    """(group name, per column its target or None) as agreed."""
    stored = {(target.group_id, target.indicator): target for target in plan.targets.all()}
    groups = list(TargetGroup.objects.filter(agreement=plan.agreement_id).order_by("position", "pk"))
    rows: list[tuple[str, list[Any]]] = [
        (group.name, [stored.get((group.pk, code)) for code, _r, _t in TARGET_COLUMNS]) for group in groups
    ]
    return [*rows, ("合計", [stored.get((None, code)) for code, _r, _t in TARGET_COLUMNS])]
