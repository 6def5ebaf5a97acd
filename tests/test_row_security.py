"""The wall itself: what the database refuses, whatever the application forgets."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from cases.actions import withdrawal
from cases.enums import CaseState, ConsentMethod, Visibility
from cases.models import Case, CaseTransition, Consent, Grant, Interview, Person, SearchKey
from config.servers import database_url
from core.checks import role_faults
from core.db import RowSecurity, scope
from tests import servers
from tests.factories import Programme, at, working_as

DAY = dt.date(2023, 5, 10)
ROOT = Path(__file__).resolve().parent.parent
STAFF = "people who work here and how they log in; needed before anybody has a scope"
PUBLIC = "agreements and plans are published"
FIGURES = "numbers per group, told apart by agreement in the views; the screens ask for no names in the texts"
PLACES = "workplaces are shared between all offices; who works there is in cases_workplace, behind the wall"
PACKAGE = "of a package, and empty or without a word about anybody"


def with_history(app: str, *names: str) -> list[str]:
    return [f"{app}_{name}{end}" for name in names for end in ("", "event")]


# Every table outside the wall, with the reason.
OUTSIDE = {
    **dict.fromkeys(
        with_history("accounts", "invitation", "membership", "organisation", "recoverycode", "user"), STAFF
    ),
    **dict.fromkeys(("usersessions_usersession", "mfa_authenticator", "socialaccount_socialaccount"), STAFF),
    **dict.fromkeys(("axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog"), STAFF),
    **dict.fromkeys(("axes_accesslog", "account_emailaddress", "account_emailconfirmation"), STAFF),
    "django_session": "read before there is a user; names in its messages are sealed (accounts/notices.py)",
    "accounts_accesschain": "number and hash of the last entry of each chain",
    "pghistory_context": "who changed something and under which address: ids alone",
    "cases_casecounter": "how many numbers an office gave in a year",
    **dict.fromkeys(("agreements_agreement_participants", "agreements_agreement_sites"), PUBLIC),
    **dict.fromkeys(
        with_history("agreements", "agreement", "businessplan", "countingrules", "desk", "dutyrule"), PUBLIC
    ),
    **dict.fromkeys(with_history("agreements", "party", "site", "supportmenu", "target", "targetgroup"), PUBLIC),
    **dict.fromkeys(with_history("agreements", "targetgroupstatus"), PUBLIC),
    **dict.fromkeys(with_history("employers", "employer", "vacancy"), PLACES),
    **dict.fromkeys(with_history("reports", "monthlyreport", "reportcomment", "reportdecision"), FIGURES),
    "reports_reportfile": FIGURES,
    **dict.fromkeys(("auth_group", "auth_group_permissions", "auth_permission", "django_content_type"), PACKAGE),
    **dict.fromkeys(("django_migrations", "socialaccount_socialapp", "socialaccount_socialtoken"), PACKAGE),
}
# Functions that work as the owner, whose policy sees all: what they tell is yes or no, a number or what is named here.
LOOK_PAST = {
    "ittai_agenda_size": "how many items a meeting of one's own has",
    "ittai_assigned": "is this case mine",
    "ittai_break_glass": "opens one case, and writes that it did",
    "ittai_case_is_new": "has nobody a grant of this case yet",
    "ittai_feed_user": "whose calendar this secret opens",
    "ittai_has_hidden_case": "is there a case of this person, which I see, that I do not see",
    "ittai_hidden_bookings": "when a desk or a worker of mine is taken: times, no person",
    "ittai_hosts_meeting": "is this meeting ours",
    "ittai_invited": "are we invited to this meeting",
    "ittai_is_administrator": "am I an administrator",
    "ittai_log_access": "appends to the log",
    "ittai_meeting_confirmed": "are this meeting's minutes closed",
    "ittai_names_hidden": "does this text name the hidden place of a case that I see",
    "ittai_readers_of": "who read this person, to the office that holds the case",
    "ittai_reveals": "may I see where this person is",
    "ittai_reveals_case": "may I see where this case's person is",
    "ittai_sees_case": "do I see this case",
    "ittai_verify_access": "is the chain whole; numbers of broken entries",
}


def test_the_role_cannot_step_around_the_wall(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("ittai_app", False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")


def tables_outside(connection: Any) -> dict[str, Any]:
    """Every table of the database that is not wholly behind the wall: enabled, forced, owner's policy and ours."""
    found = connection.execute(
        "SELECT relname, (relrowsecurity, relforcerowsecurity, (SELECT array_agg(polname::text ORDER BY polname)"
        " FROM pg_policy p WHERE p.polrelid = c.oid))::text FROM pg_class c"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
        " AND NOT (relrowsecurity AND relforcerowsecurity AND 2 = (SELECT count(*) FROM pg_policy p"
        " WHERE p.polrelid = c.oid AND (p.polname = relname || '_owner' AND polroles = ARRAY[relowner]"
        " OR p.polname = relname || '_scope' AND polroles = ARRAY['ittai_app'::regrole::oid]))"
        " AND 2 = (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid))"
    )
    return dict((found or connection).fetchall())


def test_every_table_with_personal_data_is_behind_the_wall(db):
    """A14: from the catalogue, whatever made the table; what stands outside is named with its reason."""
    with connection.cursor() as cursor:
        outside = set(tables_outside(cursor))
        cursor.execute(
            "SELECT count(*) FILTER (WHERE relrowsecurity), count(*) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
        )
        behind, total = cursor.fetchone()
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        assert cursor.fetchall() == [("public",)]
    assert outside == set(OUTSIDE)
    assert all(OUTSIDE.values())
    assert behind > 120
    assert behind + len(OUTSIDE) == total
    of_people = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label == "cases"
        or any(
            getattr(field.related_model, "_meta", None) in (Case._meta, Person._meta) for field in model._meta.fields
        )
    }
    assert outside & of_people == {"cases_casecounter"}


def test_a_new_table_without_a_policy_is_found(db):
    """A23: the owner's role makes tables and the application's cannot; one without a policy, forced or not, is named."""
    name = servers.copy(servers.template(), f"walls_{servers.WORKER}")
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name) as root:
        owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert root.execute(owners).fetchall() == [("ittai_owner",)]
    with psycopg.connect(host=servers.SOCKET, user="ittai_owner", dbname=name) as owner:
        assert set(tables_outside(owner)) == set(OUTSIDE)
        owner.execute("CREATE TABLE cases_forgotten (id uuid PRIMARY KEY, note text)")
        assert set(tables_outside(owner)) - set(OUTSIDE) == {"cases_forgotten"}
        enabled, forced, *policies = RowSecurity("Forgotten", "true").forwards_sql("cases_forgotten")
        for step in (enabled, *policies):
            owner.execute(step)
            assert set(tables_outside(owner)) - set(OUTSIDE) == {"cases_forgotten"}
        owner.execute(forced)
        assert set(tables_outside(owner)) == set(OUTSIDE)
        owner.execute("ALTER TABLE cases_person NO FORCE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY more ON cases_case TO ittai_app USING (true)")
        assert set(tables_outside(owner)) - set(OUTSIDE) == {"cases_case", "cases_person"}
        owner.rollback()


def test_no_view_looks_past_the_wall(db):
    """A18: a view works as its owner, a materialised one has no policies: there are none. Functions that do are named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND has_function_privilege('ittai_app', oid, 'EXECUTE')"
        )
        found = dict(cursor.fetchall())
    assert set(found) == set(LOOK_PAST)
    assert {name for name, settings in found.items() if settings != ["search_path=public, pg_temp"]} == set()


CELERY = ["-m", "celery", "--app", "config.celery", "--quiet"]
PROGRAMS = {
    "web": ["-c", "import config.wsgi"],
    "worker": [*CELERY, "worker", "--pool", "solo", "--loglevel", "WARNING"],
    "beat": [*CELERY, "beat", "--loglevel", "WARNING", "--schedule", ""],  # nothing to remember
}
OWNS = ("アプリケーションの役割が表の所有者になっています。", "表や関数を作れます")
STEPS_OVER = ("行単位の保護を通り抜けます",)


@pytest.mark.parametrize(
    ("program", "role", "words"),
    [
        *((program, "ittai_owner", OWNS) for program in PROGRAMS),
        ("web", "postgres", (*STEPS_OVER, *OWNS)),
        ("worker", "ittai_backup", STEPS_OVER),  # BYPASSRLS alone
    ],
)
def test_nothing_starts_as_who_steps_over_the_wall(db: None, tmp_path: Path, program: str, role: str, words: Any):
    """A13: at the start of web, worker and beat, not only in a check that somebody has to call."""
    name = f"test_{servers.WORKER}"
    environment = servers.environment(name) | {"DATABASE_URL": database_url(servers.SOCKET, role, name)}
    command = [word or str(tmp_path / "schedule") for word in PROGRAMS[program]]
    done = subprocess.run(
        [sys.executable, *command], cwd=servers.ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 3, done.stderr
    assert "起動しません。" in done.stderr
    assert [word for word in words if word not in done.stderr] == []


def starting(name: str, role: str, patience: int) -> subprocess.Popen[str]:
    """A process that begins as web and worker do."""
    code = f"import django; django.setup(); from core.checks import *; refuse_to_start_around_the_wall({patience})"
    environment = servers.environment(name) | {"DATABASE_URL": database_url(servers.SOCKET, role, name)}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=servers.ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )


def test_a_database_that_stays_away_is_no_leave_to_start(db: None):
    """A13: it ends with an error, and not the one after which gunicorn gives up for good."""
    process = starting("nowhere", "ittai_app", patience=1)
    told = process.communicate(timeout=300)[1]
    assert process.returncode == 1, told
    assert "起動しません。データベースが答えない" in told


@pytest.mark.parametrize(("role", "ends"), [("ittai_app", 0), ("ittai_owner", 3)])
def test_a_database_that_comes_late_is_asked(db: None, role: str, ends: int):
    name = f"late_{role}_{servers.WORKER}"
    with servers.superuser() as root:
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    process = starting(name, role, patience=200)
    assert process.stderr is not None
    assert any("does not answer" in line for line in process.stderr), "it has asked, and goes on asking"
    servers.copy(servers.template(), name)
    told = process.communicate(timeout=300)[1]
    assert process.returncode == ends, told


def test_the_application_role_starts(db: None):
    assert role_faults() == []


def test_no_scope_is_loud(okayama: Programme):
    """Through the ORM; table by table without it: tests/test_scope.py."""
    case = okayama.active()
    okayama.interview(case, DAY)
    for model in (Case, Person, Grant, Interview, SearchKey, CaseTransition):
        with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
            list(model.objects.all())
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(intake_note="x")


def test_a_forgotten_filter_shows_only_ones_own(okayama: Programme, soja: Programme):
    mine = okayama.open_case(name="見える 人", kana="ミエル ヒト")
    theirs = soja.open_case(name="見えない 人", kana="ミエナイ ヒト")
    with working_as(okayama.caseworker):
        assert list(Case.objects.values_list("pk", flat=True)) == [mine.pk]
        assert list(Person.objects.values_list("name", flat=True)) == ["見える 人"]
        assert not SearchKey.objects.filter(case=theirs).exists()
        assert Case.objects.filter(pk=theirs.pk).update(intake_note="盗み書き") == 0
        assert Grant.objects.filter(case=theirs).count() == 0
    with working_as(soja.caseworker):
        assert Case.objects.get().intake_note == ""


def test_an_empty_scope_sees_nothing(okayama: Programme):
    okayama.open_case()
    with scope(organisations=[]):
        assert Case.objects.count() == 0


def test_a_row_cannot_be_written_across_the_wall(okayama: Programme, soja: Programme):
    theirs = soja.open_case()
    with working_as(okayama.caseworker), pytest.raises(DatabaseError), transaction.atomic():
        Interview.objects.create(
            case=theirs,
            organisation=okayama.office,
            written_by=okayama.caseworker.user,
            held_at=at(DAY),
            method="visit",
            body="壁の向こうへ",
        )
    with working_as(okayama.caseworker), pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.create(
            case=theirs,
            organisation=soja.hello_work,
            purpose="holder",
            legal_basis="own_duty",
            valid_from=DAY,
            given_by=okayama.caseworker.user,
            touched_at=at(DAY),
        )


def test_a_known_id_is_no_way_in(okayama: Programme, soja: Programme):
    """A grant for oneself can be written only for a new case or one already seen."""
    theirs = soja.open_case()
    with working_as(okayama.navigator), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Grant.objects.create(
            case_id=theirs.pk,
            organisation=okayama.hello_work,
            purpose="holder",
            legal_basis="own_duty",
            valid_from=DAY,
            given_by=okayama.navigator.user,
            touched_at=at(DAY),
        )


def test_consent_opens_and_its_withdrawal_closes(okayama: Programme):
    case = okayama.open_case()
    with working_as(okayama.navigator):
        assert Case.objects.count() == 0
    okayama.send(case, DAY)
    with working_as(okayama.navigator):
        assert Case.objects.get().state == CaseState.REQUESTED
        assert Person.objects.count() == 1
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=Consent.objects.get(),
            by=okayama.caseworker,
            at=at(DAY),
            on=DAY,
            method=ConsentMethod.SPOKEN,
            note="電話で",
        )
    with working_as(okayama.navigator):
        assert (Case.objects.count(), Person.objects.count(), SearchKey.objects.count()) == (0, 0, 0)
    with working_as(okayama.caseworker):
        assert Case.objects.count() == 1
        ended = Grant.objects.get(organisation=okayama.hello_work)
        assert ended.withdrawn_by == okayama.caseworker.user
        assert "同意の撤回" in ended.withdrawal_reason


def test_own_notes_stay_with_their_organisation(okayama: Programme):
    case = okayama.active()
    okayama.interview(case, DAY, visibility=Visibility.OWN, body="ハローワークだけ")
    okayama.interview(case, DAY, body="みんなへ")
    with working_as(okayama.caseworker):
        assert list(Interview.objects.values_list("body", flat=True)) == ["みんなへ"]
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 2
    with working_as(okayama.caseworker), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM cases_interviewevent")
        assert [row[0] for row in cursor.fetchall()] == ["みんなへ"]


def test_scope_ends_with_its_block(okayama: Programme, soja: Programme):
    okayama.open_case()
    soja.open_case()
    with working_as(okayama.caseworker):
        with working_as(soja.caseworker):
            assert Case.objects.get().agreement == soja.agreement
        assert Case.objects.get().agreement == okayama.agreement


def test_history_and_log_are_written_once(okayama: Programme):
    okayama.open_case()
    for statement in (
        "DELETE FROM cases_case",
        "DELETE FROM cases_casetransition",
        "UPDATE cases_casetransition SET note = 'x'",
        "UPDATE cases_caseevent SET state = 'closed'",
        "DELETE FROM cases_personevent",
        "TRUNCATE cases_grant",
    ):
        with (
            working_as(okayama.caseworker),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_every_model_is_tracked():
    exceptions = {
        "AttachmentContent",
        "AppointmentMove",
        "NoticeSent",
        "CaseCounter",
        "CaseTransition",
        "SearchKey",
        "ReportFile",
        "CountedFact",
        "AccessChain",
        "AccessEntry",
        "AccessSubject",
        "Draft",
        "Submission",
        "SavedView",
        "ListSetting",
    }
    models = {
        model.__name__
        for app in ("accounts", "agreements", "employers", "cases", "reports")
        for model in apps.get_app_config(app).get_models()
    }
    untracked = {name for name in models if not name.endswith("Event") and f"{name}Event" not in models}
    assert untracked == exceptions


# Lookups that PostgreSQL may not push below row security: they would scan, or tell of hidden rows by their errors.
LEAKING = re.compile(
    r"__i?(?:contains|startswith|endswith|regex)\b|__(?:search|trigram_\w+|overlap|contained_by|has_keys?)\b"
    r"|\bI?LIKE\b|\bSIMILAR\b|similarity\(|@@|@>|&&"
)


def test_searches_compare_by_leakproof_operators_only(db):
    """A20: what the search's range, the lists and the joins compare with, for the types of these columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT format_type(atttypid, NULL) FROM pg_attribute WHERE attnum > 0 AND ("
            " attrelid = 'cases_searchkey'::regclass AND attname IN ('organisation_id', 'kind', 'key', 'case_id')"
            " OR attrelid = 'cases_grant'::regclass AND attname IN ('touched_at', 'valid_to', 'withdrawn_at', 'user_id'))"
        )
        types = {row[0] for row in cursor.fetchall()}
        assert {"bigint", "uuid", "character varying"} <= types
        cursor.execute(
            "SELECT o.oprname, o.oprleft::regtype::text, p.proleakproof FROM pg_operator o"
            " JOIN pg_proc p ON p.oid = o.oprcode WHERE o.oprname IN ('=', '<', '>', '<=', '>=')"
            " AND o.oprleft = o.oprright AND o.oprleft::regtype::text = ANY(%s)",
            [sorted((types - {"character varying"}) | {"text"})],
        )
        operators = cursor.fetchall()
    assert len(operators) >= 5 * len(types)
    assert [row for row in operators if not row[2]] == []


def test_no_query_on_a_walled_table_uses_another_operator():
    """Constraints may; a WHERE may not. Employers are shared by all and behind no wall."""
    found = []
    for folder in ("cases", "reports", "accounts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts or "models" in path.parts:
                continue
            code = "\n".join(
                token.string
                for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
                if token.type not in (tokenize.COMMENT,) and not token.string.startswith(('"""', 'r"""'))
            )
            found += [f"{path.relative_to(ROOT)}: {hit}" for hit in LEAKING.findall(code)]
    assert found == []
