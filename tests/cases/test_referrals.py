"""Referrals out and back: what a partner sees, what it answers, and what ends with the answer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from cases.actions import circumstance, intake, merge, referral, sharing, sheets, withdrawal
from cases.actions.moves import CaseError
from cases.enums import ConsentMethod, FieldGroup, GrantPurpose, ReferralStatus
from cases.models import (
    Case,
    Circumstance,
    Consent,
    Deferral,
    Grant,
    Person,
    Referral,
    ReferralAnswer,
    SearchKey,
    Transfer,
)
from core.periods import today
from tests import walls
from tests.clients import client_of
from tests.factories import Programme, at, working_as
from tests.test_access import things

DAY = dt.date(2023, 5, 10)


def page(name: str, row: Referral) -> str:
    return reverse(name, kwargs={"pk": row.case_id, "referral_pk": row.pk})


def answer(programme: Programme, row: Referral, status: ReferralStatus, who=None, *, is_ours=False) -> ReferralAnswer:
    who = who or programme.partner_worker
    with working_as(who):
        return referral.answer_referral(
            referral=Referral.objects.get(pk=row.pk),
            by=who,
            at=at(DAY, 15),
            on=DAY,
            status=status,
            outcome="見学した",
            is_ours=is_ours,
        )


def write(programme: Programme, case: Case, group: FieldGroup, body: str) -> None:
    with working_as(programme.caseworker):
        circumstance.write_circumstance(
            case=case, group=group, body=body, version=0, by=programme.caseworker, at=at(DAY)
        )


def test_a_partner_reads_what_was_referred_and_no_case(okayama: Programme):
    case = okayama.active(name="つなぐ 人")
    okayama.interview(case, DAY, body="面談の中身")
    write(okayama, case, FieldGroup.HEALTH, "腰痛がある")
    write(okayama, case, FieldGroup.FINANCE, "滞納がある")
    row = okayama.refer(case, today(), includes_health=True)
    client = client_of(okayama.partner_worker)
    assert client.get(reverse("today")).headers["Location"] == reverse("referral_list")
    shown = client.get(reverse("referral_list")).content.decode()
    assert "つなぐ 人" in shown
    assert 'name="q"' not in shown  # no search
    shown = client.get(page("referral_detail", row)).content.decode()
    assert "生活リズム" in shown
    assert "腰痛がある" in shown
    assert "滞納がある" not in shown
    for name in ("case_list", "funnel", "ledger"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("case_detail", kwargs={"pk": case.pk})).status_code == 403
    assert client.get(page("referral_sheet", row)).status_code == 403
    with working_as(okayama.partner_worker):
        assert not Case.objects.visible_to(okayama.partner_worker).exists()
        assert Person.objects.count() == 1
        assert [fact.body for fact in Circumstance.objects.all()] == ["腰痛がある"]


def test_a_referral_opens_no_case_whatever_the_role(okayama: Programme):
    """A manager of a partner, who may see cases elsewhere, sees the referral and not the case."""
    case = okayama.open_case()
    row = okayama.refer(case, today())
    manager = walls.actor("partner-manager", okayama.partner_worker.organisation, walls.Role("manager"))
    client = client_of(manager)
    assert client.get(reverse("case_detail", kwargs={"pk": case.pk})).status_code == 404
    assert case.number not in client.get(reverse("case_list")).content.decode()
    found = client.post(reverse("case_search"), {"q": "しけん"})
    assert "試験 花子" not in found.content.decode()
    assert client.get(page("referral_detail", row)).status_code == 200


def rows_seen(who) -> dict[str, int]:
    """Table → rows that the database shows to `who`, of everything that hangs on a case, history included."""
    counts = {}
    with working_as(who):
        for model in apps.get_app_config("cases").get_models():
            if "case" in {field.name for field in model._meta.fields}:
                counts[model.__name__] = model._base_manager.count()
    return counts


def test_the_database_shows_a_partner_what_was_referred_and_nothing_else_of_the_case(okayama: Programme):
    things(okayama)  # one record of everything, on cases of which one is referred
    ours, theirs = rows_seen(okayama.caseworker), rows_seen(okayama.partner_worker)
    read = {"Referral", "ReferralAnswer", "Consent", "ConsentRecipient", "Circumstance", "Grant", "SearchKey"}
    assert {name.removesuffix("Event") for name, count in theirs.items() if count} <= read
    assert (theirs["Referral"], theirs["Consent"]) == (1, 1)
    assert all(
        ours[name] for name in ("Interview", "Appointment", "SupportPlan", "Placement", "Assessment", "Obstacle")
    )


def test_one_partner_does_not_see_another_ones_referral(okayama: Programme, soja: Programme):
    """In the database itself; and what is only for the team stays out of a partner's reach."""
    case = okayama.open_case()
    mine = okayama.refer(case, today())
    other = okayama.refer(case, today(), to=soja.partner_worker.organisation)
    with working_as(okayama.partner_worker):
        assert list(Referral.objects.values_list("pk", flat=True)) == [mine.pk]
        assert not Deferral.objects.exists()
        assert not Transfer.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT pgh_obj_id FROM cases_referralevent")
            assert [row[0] for row in cursor.fetchall()] == [mine.pk]
    assert client_of(okayama.partner_worker).get(page("referral_detail", other)).status_code == 404
    with working_as(okayama.caseworker):
        assert Referral.objects.count() == 2


def test_health_that_was_handed_on_is_not_told_to_hello_work(okayama: Programme):
    case = okayama.active()  # with a consent that includes health, not money
    health = okayama.refer(case, today(), includes_health=True)
    answer(okayama, health, ReferralStatus.REFUSED)
    money = okayama.refer(case, today(), includes_finance=True)
    with working_as(okayama.navigator):
        assert set(Referral.objects.values_list("pk", flat=True)) == {health.pk}
    assert client_of(okayama.navigator).get(page("referral_detail", money)).status_code == 404
    assert client_of(okayama.navigator).get(page("referral_detail", health)).status_code == 200


def test_the_last_answer_ends_the_partners_view(okayama: Programme):
    case = okayama.open_case()
    row = okayama.refer(case, today())
    answer(okayama, row, ReferralStatus.RECEIVED)
    answer(okayama, row, ReferralStatus.USING)
    client = client_of(okayama.partner_worker)
    assert client.get(page("referral_detail", row)).status_code == 200
    sent = client.post(
        page("referral_answer", row), {"status": "ended", "outcome": "6か月通い、終えた", "on": str(today())}
    )
    assert sent.headers["Location"] == reverse("referral_list")
    assert client.get(page("referral_detail", row)).status_code == 404
    with working_as(okayama.partner_worker):
        assert (Referral.objects.count(), Person.objects.count(), SearchKey.objects.count()) == (0, 0, 0)
    with working_as(okayama.caseworker):
        grant = Grant.objects.get(organisation=okayama.partner_worker.organisation)
        assert grant.purpose == GrantPurpose.REFERRAL
        assert "つなぎの終わり" in grant.withdrawal_reason
        told = list(ReferralAnswer.objects.order_by("answered_at").values_list("status", flat=True))
        assert told == ["received", "using", "ended"]
    shown = client_of(okayama.caseworker).get(page("referral_detail", row)).content.decode()
    assert "6か月通い、終えた" in shown


def test_answers_come_in_order_and_once(okayama: Programme):
    row = okayama.refer(okayama.open_case(), today())
    answer(okayama, row, ReferralStatus.REFUSED, okayama.caseworker, is_ours=True)
    with pytest.raises(CaseError, match="先にほかの返事"):
        answer(okayama, row, ReferralStatus.USING, okayama.caseworker, is_ours=True)
    again = okayama.refer(_case(okayama), today())
    with pytest.raises(CaseError, match="つないだ機関だけ"):
        answer(okayama, again, ReferralStatus.WITHDRAWN)
    with pytest.raises(CaseError, match="終わっていないつなぎ"):
        okayama.refer(_case(okayama), today())


def _case(programme: Programme) -> Case:
    with working_as(programme.caseworker):
        return Case.objects.get()


def test_withdrawing_the_consent_ends_the_referral(okayama: Programme):
    row = okayama.refer(okayama.open_case(), today())
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=Consent.objects.get(),
            by=okayama.caseworker,
            at=at(DAY),
            on=DAY,
            method=ConsentMethod.SPOKEN,
            note="電話で",
        )
        assert Referral.objects.get().status == ReferralStatus.WITHDRAWN
        assert not Grant.objects.filter(purpose=GrantPurpose.REFERRAL, withdrawn_at__isnull=True).exists()
    assert client_of(okayama.partner_worker).get(page("referral_detail", row)).status_code == 404


def test_who_sees_the_case_for_another_purpose_goes_on_seeing_it(okayama: Programme):
    """A referral takes nothing away, and its end takes away only what it gave."""
    case = okayama.active()
    row = okayama.refer(case, today(), to=okayama.hello_work)
    answer(okayama, row, ReferralStatus.UNKNOWN, okayama.caseworker, is_ours=True)
    with working_as(okayama.navigator):
        assert Grant.objects.get(organisation=okayama.hello_work).purpose == GrantPurpose.SUPPORT_REQUEST
        assert Case.objects.visible_to(okayama.navigator).count() == 1


def test_a_partner_without_the_system_gets_paper(okayama: Programme):
    outside = Organisation.objects.create(kind=OrganisationKind.PARTNER, name="紙の法人", short_name="紙")
    case = okayama.open_case()
    row = okayama.refer(case, today(), to=outside)
    assert row.is_on_paper
    with working_as(okayama.caseworker):
        assert not Grant.objects.filter(organisation=outside).exists()
    client = client_of(okayama.caseworker)
    sheet = client.get(page("referral_sheet", row))
    assert sheet.content.startswith(b"%PDF")
    assert "試験" not in sheet.headers["Content-Disposition"]
    walls.hide(okayama, case)
    blocked = client.get(page("referral_sheet", row))
    assert blocked.headers["Location"] == reverse("suppression", kwargs={"pk": case.pk})


def test_a_silent_partner_stands_out_on_today(okayama: Programme):
    case = okayama.open_case()
    okayama.refer(case, today() - dt.timedelta(days=20))
    shown = client_of(okayama.manager).get(reverse("today")).content.decode()
    assert "の返事(6日超過)" in shown
    shown = client_of(okayama.caseworker).get(reverse("referral_list"), {"show": "late"}).content.decode()
    assert "6日超過" in shown
    assert "返事待ち" in shown


def test_what_was_sent_stays_as_it_was(okayama: Programme):
    row = okayama.refer(okayama.open_case(), today())
    answer(okayama, row, ReferralStatus.USING)
    for statement in (
        "UPDATE cases_referral SET handed_over = 'x'",
        "UPDATE cases_referralanswer SET outcome = 'x'",
        "DELETE FROM cases_referral",
        "UPDATE cases_referral SET status = 'sent'",
    ):
        with (
            working_as(okayama.caseworker),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_row_cannot_be_answered_across_the_wall(okayama: Programme, soja: Programme):
    row = okayama.refer(okayama.open_case(), today())
    url = page("referral_answer", row)
    assert client_of(soja.caseworker).post(url, {"status": "ended"}).status_code == 404
    assert client_of(soja.partner_worker).get(url).status_code == 404
    assert client_of(okayama.navigator).get(url).status_code == 403


def test_a_case_that_was_only_referred_is_not_mine_to_move_by_a_merge(okayama: Programme):
    place = Organisation.objects.create(
        kind=OrganisationKind.CONSULTATION_AGENCY, name="自立相談", short_name="相談", parent=okayama.city
    )
    worker = walls.actor("agency", place, Role.CASEWORKER)
    theirs = okayama.open_case(name="二重 登録")
    okayama.refer(theirs, today(), to=place)
    with working_as(worker):
        own = intake.open_case(
            by=worker,
            at=at(DAY),
            holder=place,
            agreement=okayama.agreement,
            site=None,
            status="livelihood_protection",
            opened_on=DAY,
            person_fields={"name": "二重 登録", "name_kana": "ニジュウ トウロク"},
        )
        with pytest.raises(merge.MergeRefused, match="見える範囲にないケース"):
            merge.check_mergeable(
                kept=Person.objects.get(pk=own.person_id), merged=Person.objects.get(pk=theirs.person_id)
            )


def test_a_merge_tells_that_a_partner_will_see_more(okayama: Programme):
    """Of one registration it sees what was referred, of the other the case: together more than before."""
    partner = okayama.partner_worker.organisation
    kept, merged = okayama.open_case(), okayama.open_case(name="試験 華子")
    okayama.refer(kept, today())
    with working_as(okayama.caseworker):
        sharing.consent_and_share(
            case=merged,
            by=okayama.caseworker,
            at=at(DAY),
            on=DAY,
            recipients=[partner],
            share_for=GrantPurpose.PRE_CONSULTATION,
            purpose="相談",
            method=ConsentMethod.PAPER,
            given_on=DAY,
        )
        assert partner in merge.newly_seeing(kept=kept.person, merged=merged.person)


def test_break_glass_opens_the_case_to_who_was_only_referred_the_person(okayama: Programme):
    case = okayama.open_case()
    okayama.refer(case, today())
    manager = walls.actor("partner-manager", okayama.partner_worker.organisation, Role.MANAGER)
    walls.broken(okayama, case, manager)
    with working_as(manager):
        assert Case.objects.visible_to(manager).filter(pk=case.pk).exists()


def test_a_partner_gets_a_referral_and_no_linking_sheet(okayama: Programme):
    """One way for each: 相談つなぎシート within the house, つなぐ for a partner."""
    case = okayama.active()
    row = okayama.refer(case, today())
    client = client_of(okayama.caseworker)
    shown = client.get(reverse("linking_new", kwargs={"pk": case.pk})).content.decode()
    assert okayama.hello_work.name in shown
    assert row.to_organisation.name not in shown
    with working_as(okayama.caseworker):
        named = row.consent.recipients.get()
        with pytest.raises(sheets.PartnerNamed):
            sheets.hand_over(
                case=case,
                by=okayama.caseworker,
                at=at(DAY),
                to=named,
                section="",
                handed_on=today(),
                asked="家賃",
                wanted="相談",
            )
    page_of_case = client.get(reverse("case_detail", kwargs={"pk": case.pk})).content.decode()
    assert f"{reverse('assessment', kwargs={'pk': case.pk})}#linking" in page_of_case
    page_of_needs = client.get(reverse("assessment", kwargs={"pk": case.pk})).content.decode()
    assert f"{reverse('case_detail', kwargs={'pk': case.pk})}#referrals" in page_of_needs


def test_a_partner_is_no_reader_of_obstacles(okayama: Programme):
    case = okayama.active()
    row = okayama.refer(case, today(), includes_health=True)
    url = reverse("obstacles_edit", kwargs={"pk": case.pk})
    shown = client_of(okayama.caseworker).get(url).content.decode()
    assert okayama.hello_work.name in shown
    assert row.to_organisation.name not in shown


def test_the_form_says_what_is_missing(okayama: Programme):
    case = okayama.open_case()
    url = reverse("referral_new", kwargs={"pk": case.pk})
    shown = client_of(okayama.caseworker).post(url, {"purpose": "利用の相談"}).content.decode()
    assert "つなぎ先を選んでください" in shown
    assert "引き継ぐ内容を入力してください" in shown
    assert "利用の相談" in shown
    with working_as(okayama.caseworker):
        assert not Consent.objects.exists()


def test_the_list_asks_the_same_for_1_and_3_rows(okayama: Programme):
    counts = []
    client = client_of(okayama.caseworker)
    for names in (["一 人"], ["二 人", "三 人"]):
        for name in names:
            okayama.refer(okayama.open_case(name=name), today())
        client.get(reverse("referral_list"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("referral_list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15  # the access log writes three
