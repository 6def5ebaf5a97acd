"""Break-glass ends by the clock (A31): nothing opens any more, the log says so, and the review does not get lost."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import psycopg
import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AccessEntry, Membership
from accounts.scope import MEMBERSHIP_KEY
from cases.actions import emergency
from cases.models import EmergencyAccess
from cases.tasks import close_emergencies
from core.periods import now, today
from tests import servers, walls
from tests.access.worlds import client_of
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)

# A process of its own on a database of its own: rows are committed, and the clock of the wall goes on.
LOOKS = """
import datetime as dt, sys
import django
django.setup()
from cases.models import Case
from cases.tasks import close_emergencies
from tests import walls
from tests.factories import make_programme, working_as

okayama, soja = make_programme("okayama", 1007), make_programme("soja", 2089)
case = okayama.active(dt.date(2023, 4, 10))
def seen():
    with working_as(soja.caseworker):
        return Case.objects.count()
print(seen(), end=" ")
walls.broken(okayama, case, soja.caseworker)
print(seen(), end=" ", flush=True)
sys.stdin.readline()
print(seen(), end=" ", flush=True)
close_emergencies()
"""


@pytest.fixture
def own_database() -> str:
    return servers.copy(servers.template(), f"test_{servers.WORKER}_glass")


def test_the_wall_closes_when_the_time_is_over(own_database: str):
    child = subprocess.Popen(
        [sys.executable, "-c", LOOKS],
        cwd=servers.ROOT,
        env=servers.environment(own_database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child, psycopg.connect(host=servers.SOCKET, user="postgres", dbname=own_database, autocommit=True) as root:
        assert child.stdout is not None
        begun = child.stdout.read(4)
        changed = [
            root.execute(
                f"UPDATE {table} SET expires_at = now() - interval '1 second' WHERE expires_at > now()"
            ).rowcount
            for table in ("cases_grant", "cases_emergencyaccess")
        ]
        shown, errors = child.communicate("go\n")
        assert (begun + shown, changed, child.returncode) == ("0 1 0 ", [1, 1], 0), errors
        ended = root.execute("SELECT count(*) FROM cases_emergencyaccess WHERE ended_at = expires_at").fetchone()
        stops = root.execute("SELECT count(*) FROM accounts_accessentry WHERE act = 'emergency_stop'").fetchone()
        assert (ended, stops) == ((1,), (1,))


def test_the_page_closes_and_both_ends_are_in_the_log(okayama: Programme):
    case, admin = okayama.active(DAY), walls.operator()
    client, url = client_of(admin), reverse("case_detail", kwargs={"pk": case.pk})
    form = {"holder": okayama.office.pk, "number": case.number, "reason": "本人が倒れ、家族に知らせるため"}
    assert client.post(reverse("emergency_new"), form).status_code == 302
    assert client.get(url).status_code == 200
    close_emergencies()
    with working_as(admin):
        assert EmergencyAccess.objects.get().ended_at is None  # still running
        EmergencyAccess.objects.update(expires_at=now() - dt.timedelta(seconds=1))
    assert client.get(url).status_code == 403
    assert "緊急時の閲覧中" not in client.get(reverse("today")).content.decode()
    close_emergencies()
    close_emergencies()
    with working_as(admin):
        access = EmergencyAccess.objects.get()
        assert access.ended_at == access.expires_at
        emergency.end_emergency(access=access, by=admin, at=now())  # too late: the end is written once
        entries = AccessEntry.objects.filter(act__startswith="emergency").order_by("pk")
        assert [entry.act for entry in entries] == ["emergency_start", "emergency_stop"]
        assert {entry.user_id for entry in entries} == {admin.user.pk}


def test_who_works_in_two_places_leaves_all_of_it_in_the_one_chosen(okayama: Programme):
    case, admin = okayama.active(DAY), walls.operator()
    Membership.objects.create(
        user=admin.user, organisation=okayama.bureau, role=Role.HEADQUARTERS, valid_from=admin.membership.valid_from
    )
    client = client_of(admin)
    session = client.session
    session[MEMBERSHIP_KEY] = admin.membership.pk
    session.save()
    form = {"holder": okayama.office.pk, "number": case.number, "reason": "本人が倒れ、家族に知らせるため"}
    assert client.post(reverse("emergency_new"), form).status_code == 302
    with working_as(admin):
        access = EmergencyAccess.objects.get()
    assert client.post(reverse("emergency_end", kwargs={"pk": access.pk})).status_code == 302
    with working_as(admin):
        entries = AccessEntry.objects.filter(act__startswith="emergency").order_by("pk")
        assert [(entry.act, entry.organisation, entry.role) for entry in entries] == [
            ("emergency_start", admin.organisation, "administrator"),
            ("emergency_stop", admin.organisation, "administrator"),
        ]


def test_a_review_that_is_late_says_so(okayama: Programme):
    walls.broken(okayama, okayama.active(DAY))
    with working_as(okayama.manager):
        rows = EmergencyAccess.objects.all()
        assert "確認待ち" in client_of(okayama.manager).get(reverse("emergency_list")).content.decode()
        rows.update(review_due_on=today() - dt.timedelta(days=1))
    shown = client_of(okayama.manager).get(reverse("emergency_list")).content.decode()
    assert "期限超過" in shown and "確認待ち" not in shown
