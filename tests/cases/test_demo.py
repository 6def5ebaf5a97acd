"""The demo adds up to the published table, is the same for the same day, and shows every state."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from cases.demo.told import stories
from cases.enums import CaseState
from cases.weeks import is_workday
from tests import servers

DAY = "2026-11-21"
PUBLISHED = {
    # group: (supported target, placed target, rate) (supported, placed, rate) and the same of the year before
    "livelihood": ((180, 117, 64.6), (81, 55, 67.9), (166, 106, 63.6), (171, 107, 62.6)),
    "child-rearing": ((16, 11, 64.6), (10, 4, 40.0), (26, 17, 63.3), (8, 9, 112.5)),
    "housing": ((4, 3, 64.6), (0, 0, 0.0), (8, 6, 63.3), (1, 2, 200.0)),
    "total": ((200, 131, 64.6), (91, 59, 64.8), (200, 129, 63.3), (180, 118, 65.6)),
}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    yield servers.copy(servers.demo_template(DAY), f"demo_{servers.WORKER}")


def run(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=servers.ROOT,
        env=servers.environment(database),
        capture_output=True,
        text=True,
    )


def query(database: str, statement: str, *values: object) -> list[tuple]:
    with psycopg.connect(host=servers.SOCKET, user="ittai_backup", dbname=database) as connection:
        return connection.execute(statement, values or None).fetchall()


def report(database: str, folder, *, month: str = "2023-12") -> dict:
    done = run(database, "monthly_report", "--agreement", "okayama", "--month", month, "--output", str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_the_report_equals_the_published_one(demo, tmp_path):
    data = report(demo, tmp_path)
    assert (data["agreement"], data["month"], data["as_of"]) == ("okayama", "2023-12", "2023-12-31")
    assert [group["code"] for group in data["groups"]] == list(PUBLISHED)
    for group in data["groups"]:
        by_code = {indicator["code"]: indicator for indicator in group["indicators"]}
        supported, placed = by_code["supported"], by_code["placed"]
        assert (
            (supported["target_count"], placed["target_count"], placed["target_rate"]),
            (supported["actual"], placed["actual"], placed["rate"]),
            (supported["reference_target_count"], placed["reference_target_count"], placed["reference_target_rate"]),
            (supported["reference_actual"], placed["reference_actual"], placed["reference_rate"]),
        ) == PUBLISHED[group["code"]]
    for name in ("report.pdf", "report.xlsx", "report.csv"):
        assert (tmp_path / name).stat().st_size > 1000


def test_moving_one_placement_moves_the_report(demo, tmp_path):
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=demo) as connection:
        pk, started = connection.execute(
            "SELECT p.id, p.started_on FROM cases_placement p JOIN cases_case c ON c.id = p.case_id"
            " JOIN agreements_targetgroup g ON g.id = c.support_group_id"
            " WHERE g.code = 'child-rearing' AND p.started_on BETWEEN '2023-04-01' AND '2023-12-31'"
            " AND NOT EXISTS (SELECT 1 FROM cases_placement q WHERE q.case_id = c.id AND q.id <> p.id) LIMIT 1"
        ).fetchone()
        connection.execute("UPDATE cases_placement SET started_on = '2024-01-09' WHERE id = %s", [pk])
    try:
        groups = {group["code"]: group for group in report(demo, tmp_path)["groups"]}
        placed = {row["code"]: row for row in groups["child-rearing"]["indicators"]}["placed"]
        assert (placed["actual"], placed["rate"]) == (3, 30.0)
    finally:
        with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=demo) as connection:
            connection.execute("UPDATE cases_placement SET started_on = %s WHERE id = %s", [started, pk])


@pytest.mark.parametrize(
    ("agreement", "month", "sentence"),
    [
        ("tokyo", "2023-12", "okayama"),
        ("okayama", "2023-13", "2023-12のように"),
        ("okayama", "2099-01", "まだ来ていません"),
        ("okayama", "令和5年12月", "2023-12のように"),
    ],
)
def test_bad_requests_get_a_sentence(demo, tmp_path, agreement, month, sentence):
    done = run(demo, "monthly_report", "--agreement", agreement, "--month", month, "--output", str(tmp_path / "out"))
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_other_agreements_have_their_own_shape(demo, tmp_path):
    done = run(demo, "monthly_report", "--agreement", "kurashiki", "--month", "2026-10", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    total = json.loads((tmp_path / "report.json").read_text())["groups"][-1]
    by_code = {row["code"]: row for row in total["indicators"]}
    assert by_code["placements"]["target_count"] == 630
    assert by_code["developed_openings"]["target_count"] == 1200
    assert by_code["developed_openings"]["actual"] > 0
    done = run(demo, "monthly_report", "--agreement", "soja", "--month", "2026-10", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    first = json.loads((tmp_path / "report.json").read_text())["groups"][0]
    placed = {row["code"]: row for row in first["indicators"]}["placed"]
    assert (placed["target_count"], placed["target_rate"]) == (None, 65.0)


def test_every_state_is_there_and_a_second_load_changes_nothing(demo):
    found = {row[0] for row in query(demo, "SELECT DISTINCT state FROM cases_case WHERE opened_on > '2025-10-01'")}
    assert found == set(CaseState.values)
    before = query(demo, "SELECT count(*) FROM cases_case")
    done = run(demo, "load_demo")
    assert "入れませんでした" in done.stdout
    assert query(demo, "SELECT count(*) FROM cases_case") == before


def test_bookings_are_on_working_days_and_plans_as_old_as_their_confirmation(demo):
    """Loaded on a Saturday: nobody comes to a counter that is closed."""
    days = query(demo, "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Tokyo')::date FROM cases_appointment")
    assert len(days) > 10
    assert [day for (day,) in days if not is_workday(day)] == []
    [(plans, wrong)] = query(  # whoever writes a plan confirms it for the own side with it, and nobody did before
        demo,
        "SELECT count(*), count(*) FILTER (WHERE created_at IS DISTINCT FROM"
        " least(municipal_confirmed_at, national_confirmed_at)) FROM cases_supportplan",
    )
    assert (plans > 100, wrong) == (True, 0)


def test_plans_were_looked_back_on_but_for_the_latest(demo):
    """A manager's Monday: some reviews are late by days, none by months."""
    late = query(
        demo,
        f"SELECT DATE '{DAY}' - p.review_on FROM cases_supportplan p JOIN cases_case c ON c.id = p.case_id"
        f" WHERE c.state IN ('accepted', 'active', 'suspended') AND p.review_on <= '{DAY}' AND NOT EXISTS"
        " (SELECT 1 FROM cases_supportplan q WHERE q.case_id = p.case_id AND q.version_number > p.version_number)",
    )
    assert 3 <= len(late) <= 20 and max(late) <= (21,), sorted(late)
    [(written, items, unlike)] = query(
        demo,
        "SELECT count(DISTINCT r.id), count(*), count(*) FILTER (WHERE m.plan_id <> r.plan_id OR p.review_on <= r.reviewed_on)"
        " FROM cases_planreview r JOIN cases_planreviewitem i ON i.review_id = r.id"
        " JOIN cases_planmenu m ON m.id = i.plan_menu_id JOIN cases_supportplan p ON p.id = r.plan_id",
    )
    assert (written > 40, items, unlike) == (True, 3 * written, 0)


def test_the_demo_is_for_the_demo_only(demo, monkeypatch):
    monkeypatch.setenv("ITTAI_DEMO", "0")
    monkeypatch.setenv("ALLOWED_HOSTS", "example.invalid")
    done = run(demo, "load_demo")
    assert done.returncode != 0
    assert "デモ用の環境" in done.stderr
    monkeypatch.setenv("ITTAI_DEMO", "1")
    done = run(demo, "check")
    assert done.returncode != 0
    assert "この機械の中からしか" in done.stderr


# What the programmes published of each story, figure by figure; None: it was not published, so the sheet has none.
# name in the demo: (age, sex, months of support, applications, wish, employment, job, words on the sheet)
STORIES = {
    "積見 歩": (
        50, "male", 23, 18, "倉庫業", "part_time", "清掃",
        ("約1年11か月", "18社目", "約1週間で離職", "運転免許がなく", "パート", "まじめな性格", "あきらめていたが"),
    ),
    "父見 営": (
        46, "male", 4, None, "土木施工関連の営業、その他", "regular", "積算システムの営業",
        ("1年5か月", "子ども3人", "4か月", "失業給付", "助成金", "正社員", "職場定着", "脱却の見込み", "三者で共有"),
    ),
    "条田 整": (
        40, "male", 5, None, "なし", "regular", "作業員",
        ("約7か月", "5か月", "給与額", "転居", "電離健康診断", "正社員", "脱却の見込み", "内定"),
    ),
    "縫見 綾": (
        50, "female", None, None, "製造・縫製関係", "trial", "プレス機",
        ("10年近い", "縫製", "トライアル雇用", "プレス機", "個別に求人を開拓", "定期の来所", "短期間", "感謝"),
    ),
}  # fmt: skip


def test_the_four_published_stories_say_what_was_published(demo):
    """Each published figure and its words are on the sheet; a figure that nobody published is not."""
    told = query(
        demo,
        "SELECT p.name, extract(year FROM age(%s::date, p.birth_on))::int, s.age_band, s.sex, s.support_months,"
        " s.application_count, s.desired_job, last.employment_type, last.job_title,"
        " concat_ws(' ', s.title, s.challenges, s.support, s.result, s.worker_comment, s.person_comment),"
        " (SELECT string_agg(q.name, ' ') FROM cases_qualification q WHERE q.case_id = s.case_id)"
        " FROM cases_successstory s JOIN cases_case c ON c.id = s.case_id JOIN cases_person p ON p.id = c.person_id"
        " CROSS JOIN LATERAL (SELECT * FROM cases_placement l WHERE l.case_id = c.id"
        "  ORDER BY l.started_on DESC LIMIT 1) last",
        DAY,
    )
    told = [row for row in told if row[0] in STORIES]
    assert {row[0] for row in told} == set(STORIES) == {row["person"]["name"] for row in stories()}
    for name, age, band, sex, months, applied, wish, employment, job, words, licences in told:
        facts = STORIES[name]
        assert (sex, months, applied, wish, employment) == facts[1:6], name
        assert band == f"{facts[0] // 10 * 10}歳代" and age // 10 == facts[0] // 10, name
        assert age == 46 or name != "父見 営", "the one age that was published to the year"
        assert facts[6] in job
        for phrase in facts[7]:
            assert phrase in words, (name, phrase)
        assert "応募" not in words or applied or not re.search(r"応募\d+社|\d+社目", words), name
        assert "フォークリフト" in (licences or "") or name != "積見 歩"


def test_the_four_published_stories_are_told_from_intake_to_outcome(demo):
    """Published figures are those of the records: months of support, applications; and the job goes on."""
    told = query(
        demo,
        "SELECT p.name, s.status,"
        " (SELECT count(*) FROM cases_introduction i WHERE i.case_id = c.id),"
        " (SELECT extract(year FROM age(max(l.started_on), c.support_started_on)) * 12"
        "       + extract(month FROM age(max(l.started_on), c.support_started_on)) FROM cases_placement l"
        "  WHERE l.case_id = c.id)::int,"
        " (SELECT count(*) FROM cases_placement l WHERE l.case_id = c.id AND l.separated_on IS NULL),"
        " (SELECT count(*) FROM cases_interview n WHERE n.case_id = c.id),"
        " (SELECT count(DISTINCT n.organisation_id) FROM cases_interview n WHERE n.case_id = c.id),"
        " (SELECT count(*) FROM cases_supportplan v WHERE v.case_id = c.id),"
        " (SELECT count(*) FROM cases_obstacle o WHERE o.case_id = c.id), c.state"
        " FROM cases_case c JOIN cases_person p ON p.id = c.person_id"
        " JOIN cases_successstory s ON s.case_id = c.id"
        " WHERE p.name = ANY(ARRAY['積見 歩', '父見 営', '条田 整', '縫見 綾'])",
    )
    assert {row[0] for row in told} == set(STORIES)
    for name, status, introduced, supported, working, talks, sides, plans, obstacles, state in told:
        months, applied = STORIES[name][2:4]
        assert (status, working, sides, state) == ("shared", 1, 2, "placed"), name
        assert introduced == applied if applied else introduced >= 1, name
        assert months is None or abs(months - supported) <= 1, name
        assert talks >= 5, name
        assert obstacles >= 2, name
        assert plans == (4 if months == 23 else 1), name


def test_meetings_of_every_kind_were_held_and_decided(demo):
    """One of each kind, confirmed, its decisions in the timeline of cases; guests who hold no grant on any of them."""
    held = query(
        demo,
        "SELECT m.kind, count(DISTINCT i.id) FILTER (WHERE i.state = 'discussed'), count(DISTINCT t.id)"
        " FROM cases_casemeeting m JOIN cases_meetingitem i ON i.meeting_id = m.id"
        " LEFT JOIN cases_meetingtask t ON t.meeting_id = m.id WHERE m.confirmed_at IS NOT NULL GROUP BY m.kind",
    )
    assert {kind: (decisions, tasks) for kind, decisions, tasks in held} == {
        "coordination": (2, 2), "case": (3, 3), "monthly": (2, 2), "regular": (3, 3),
    }  # fmt: skip
    following = query(
        demo,
        "SELECT n.kind FROM cases_casemeeting n JOIN cases_casemeeting m ON m.id = n.previous_id"
        " WHERE n.confirmed_at IS NULL AND n.starts_at > m.starts_at ORDER BY n.kind",
    )
    assert following == [("monthly",), ("regular",)], "a series goes on"
    [(guest, seen)] = query(
        demo,
        "SELECT o.kind, (SELECT count(*) FROM cases_grant g JOIN cases_meetingitem i ON i.case_id = g.case_id"
        "  WHERE i.meeting_id = m.id AND g.organisation_id = o.id)"
        " FROM cases_casemeeting m JOIN cases_meetingguest q ON q.meeting_id = m.id"
        " JOIN accounts_organisation o ON o.id = q.organisation_id WHERE m.kind = 'coordination'",
    )
    assert (guest, seen) == ("partner", 0)
    [(outsiders,)] = query(
        demo,
        "SELECT count(*) FROM cases_meetingparticipant p JOIN cases_casemeeting m ON m.id = p.meeting_id"
        " WHERE m.kind = 'coordination' AND p.user_id IS NULL",
    )
    assert outsiders == 1
