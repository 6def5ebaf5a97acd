"""Paper of a case: its forms and who replaces them. The plan and its review: test_plans.py."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from pypdf import PdfReader

from cases.actions import assessment, circumstance, layout
from cases.enums import FieldGroup, FormKind, ObstacleKind
from cases.models import Case, FormTemplate
from cases.models.work import HIDDEN
from cases.papers.dictionary import ENTRIES, LISTED_OBSTACLES, MARKED, NAMES, case_values, sample_values
from cases.papers.layout import LayoutError, parse, print_sample, standard_body
from core.documents import OutsideAddress
from core.periods import now, today
from tests import walls
from tests.assessed import add_history, assess
from tests.clients import client_of
from tests.factories import Programme, at, working_as
from tests.paper import CONTACT, DAY, FOOT, folded, get_pdf, pages_of, text_of

# Forms and the data dictionary ------------------------------------------------------------------------------


def test_the_dictionary_is_what_a_case_gives(okayama: Programme):
    """Every name has a value, with and without a request; every list row has the columns it is said to have."""
    for case in (okayama.open_case(), okayama.active()):
        with working_as(okayama.caseworker):
            values = case_values(case, form_name="様式", by=okayama.caseworker, day=DAY)
        assert set(values) == set(NAMES) == set(sample_values("様式"))
        for entry in ENTRIES:
            value = values[entry.name]
            assert isinstance(value, list if entry.columns else str), entry.name
            for row in [*value, *sample_values("様式")[entry.name]] if entry.columns else ():
                assert set(row) == {name for name, _meaning in entry.columns}


def test_each_form_says_whose_it_is(okayama: Programme):
    case = okayama.active(contact=CONTACT)
    for kind in FormKind:
        pdf = get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind=kind.value)
        text = text_of(pdf)
        assert folded("試験 花子") in text
        assert case.number in text
        assert f"1/{pages_of(pdf)}" in text
        assert folded(f"{okayama.office.name} {okayama.caseworker.user.name}") in text, "who printed it"
        assert "取扱注意" in text
        assert pages_of(pdf) <= 2
        root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ja", "tagged, as PDF/UA wants it"


def test_the_personal_sheet_is_one_sheet_of_paper():
    """Its last heading alone used to stand on a second page."""
    kind = FormKind.PERSONAL_SHEET
    pdf = print_sample(standard_body(kind), kind, FOOT)
    assert pages_of(pdf) == 1
    assert "7ハローワーク記入" in text_of(pdf)


def test_a_form_is_printed_empty_before_anything_is_known(okayama: Programme):
    case = okayama.open_case()
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="check-sheet"))
    assert "□該当する" in text and folded("① 稼働能力を有する者") in text


def known(programme: Programme) -> Case:
    """Work history, licence, wishes, and an obstacle of each kind that the wall treats in its own way."""
    case = programme.active(contact=CONTACT)
    assess(
        programme,
        case,
        education="高校卒業",
        wish_job_2="製造",
        wish_area="市内",
        wish_commute_minutes=30,
        wish_days=3,
        wish_hours="9時から15時",
        wish_wage_yen=1100,
        wish_pay_cycle="weekly",
        wish_employment="part_time",
        wish_start="来月から",
        transports=["bicycle"],
    )
    add_history(programme, case, leaving_reason="契約の満了", employment_type="regular")
    chosen = {
        ObstacleKind.BODY: "立ち仕事は短く",
        ObstacleKind.DEBT: "法律相談につなぐ",
        ObstacleKind.GAP: "短い時間から",
        ObstacleKind.JUSTICE: "保護司と話す",
        ObstacleKind.VIOLENCE: "支援措置を案内",
        ObstacleKind.LANGUAGE: "もう困らない",
    }
    with working_as(programme.navigator):
        assessment.add_qualification(
            case=case, by=programme.navigator, at=at(DAY), fields={"name": "フォークリフト", "acquired_in": "2004-05"}
        )
    with working_as(programme.caseworker):
        offered = list(ObstacleKind)
        for rows in (chosen, {kind: text for kind, text in chosen.items() if kind != ObstacleKind.LANGUAGE}):
            seen = assessment.stamp_of(assessment.obstacles_seen(case, programme.caseworker))
            assessment.write_obstacles(
                case=case, by=programme.caseworker, at=at(DAY), on=DAY, chosen=rows, offered=offered, seen=seen
            )
    return case


def test_the_personal_sheet_has_history_and_wishes(okayama: Programme):
    """Both sides print what is known; nothing of it is left as a line for the pen."""
    case = known(okayama)
    for who in (okayama.caseworker, okayama.navigator):
        text = text_of(get_pdf(who, "case_paper", pk=case.pk, kind="personal-sheet"))
        for words in ("平成27年4月〜2019年", "(架空)前の職場", "製造", "正社員", "契約の満了"):
            assert folded(words) in text, words
        for words in ("高校卒業", "フォークリフト(平成16年5月)", "①清掃 ②製造", "市内 片道30分まで(自転車)"):
            assert folded(words) in text, words
        for words in ("週3日 9時から15時", "時給1,100円 週払", "パート・アルバイト", "来月から"):
            assert folded(words) in text, words
        assert "月払・週払・日払" not in text


def test_obstacles_are_printed_behind_their_walls(okayama: Programme):
    """The consent includes health alone; justice and violence are on nobody's form, nor what is overcome."""
    case = known(okayama)
    ours, theirs = (
        text_of(get_pdf(who, "case_paper", pk=case.pk, kind="check-sheet"))
        for who in (okayama.caseworker, okayama.navigator)
    )
    for text in (ours, theirs):
        assert folded("■健康(身体)") in text and "立ち仕事は短く" in text
        assert "■就労ブランク" in text and "短い時間から" in text
        assert "□言語" in text and "もう困らない" not in text
        for words in ("保護司", "刑余", "支援措置を案内", "DV"):
            assert words not in text, words
        for words in ("債務", "法律相談", "介護"):  # not in the consent: whoever prints; no box says that there is none
            assert words not in text, words


def test_what_the_paper_says_of_health_follows_the_consent_of_the_request(okayama: Programme):
    case = known(okayama)
    with working_as(okayama.caseworker):
        consent = case.support_requests.get().consent
        for group, body in ((FieldGroup.FINANCE, "返済が残る"), (FieldGroup.HEALTH, "月1回通院")):
            circumstance.write_circumstance(
                case=case, group=group, body=body, version=0, by=okayama.caseworker, at=now()
            )

    def said() -> tuple[str, str, bool, bool]:
        with working_as(okayama.caseworker):
            fresh = Case.objects.get(pk=case.pk)
            values = case_values(fresh, form_name="様式", by=okayama.caseworker, day=DAY)
        boxes = {row["種類"] for row in values["阻害要因の一覧"] if row["印"] == MARKED}
        return values["健康の状況"], values["家計の状況"], "健康(身体)" in boxes, "債務" in boxes

    assert said() == ("月1回通院", "", True, False)
    with working_as(okayama.caseworker):
        type(consent).objects.filter(pk=consent.pk).update(includes_finance=True, includes_health=False)
    assert said() == ("", "返済が残る", False, True)
    with working_as(okayama.caseworker):
        type(consent).objects.filter(pk=consent.pk).update(withdrawn_at=now(), withdrawn_by=okayama.caseworker.user)
    assert said() == ("", "", False, False)


def test_the_employer_of_the_past_is_hidden_by_a_suppression(okayama: Programme):
    case = known(okayama)
    walls.hide(okayama, case)
    with working_as(okayama.navigator):
        fresh = Case.objects.get(pk=case.pk)
        values = case_values(fresh, form_name="様式", by=okayama.navigator, day=DAY)
    assert [row["事業所"] for row in values["職歴"]] == [HIDDEN] and values["住所"] == HIDDEN
    assert values["希望職種"] == "①清掃 ②製造"


def test_an_office_uses_history_and_wishes_in_its_own_form(okayama: Programme):
    case = known(okayama)
    body = (
        "<p>{{ 希望職種 }} {{ 希望日数 }}</p>{% for 行 in 職歴 %}<p>{{ 行.職種 }}/{{ 行.退職の理由 }}</p>{% endfor %}"
        "{% for 行 in 資格 %}<p>{{ 行.名称 }}</p>{% endfor %}{% for 行 in 阻害要因 %}<p>{{ 行.種類 }}→{{ 行.対応 }}</p>{% endfor %}"
    )
    with working_as(okayama.manager):
        layout.save_layout(kind=FormKind.CONSENT, body=body, valid_from=DAY, note="自前", by=okayama.manager, at=now())
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    for words in ("①清掃 ②製造 週3日", "製造/契約の満了", "フォークリフト", "健康(身体)→立ち仕事は短く"):
        assert folded(words) in text, words


def test_wishes_and_obstacles_not_known_are_left_for_the_pen(okayama: Programme):
    case = okayama.open_case()
    sheet = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="personal-sheet"))
    assert "希望職種123" in sheet and "月払・週払・日払" in sheet and "資格・免許" in sheet
    boxes = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="check-sheet"))
    assert "■" not in boxes
    assert all(folded(f"□{kind.label}") in boxes for kind in LISTED_OBSTACLES)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_long_text_flows_and_is_never_cut(okayama: Programme, times: int):
    """D40: with none, the usual and three times the usual text, everything is on the paper and numbered n/N."""
    marker = "配慮してほしいことの文です。"
    case = okayama.open_case()
    okayama.send(case, DAY)
    with working_as(okayama.caseworker):
        case.support_requests.update(message="".join(f"{number:03d}{marker}" for number in range(times * 60)))
    for kind in ("support-request", "personal-sheet"):
        pdf = get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind=kind)
        text = text_of(pdf)
        assert all(f"{number:03d}配慮" in text for number in range(times * 60))
        assert f"{pages_of(pdf)}/{pages_of(pdf)}" in text


def test_facts_outside_the_grant_are_not_printed(okayama: Programme):
    """The consent includes health alone: no sheet for the other side has a word of the household's money, whoever
    prints it, and the navigator's record has none either."""
    case = okayama.active()
    with working_as(okayama.caseworker):
        for group, body in ((FieldGroup.HEALTH, "腰痛がある"), (FieldGroup.FINANCE, "滞納がある")):
            circumstance.write_circumstance(
                case=case, group=group, body=body, version=0, by=okayama.caseworker, at=at(DAY)
            )
    for name, kwargs in (("case_paper", {"kind": "personal-sheet"}), ("case_record", {"volume": 1})):
        theirs = text_of(get_pdf(okayama.navigator, name, pk=case.pk, **kwargs))
        assert "腰痛がある" in theirs and "滞納" not in theirs
        ours = text_of(get_pdf(okayama.caseworker, name, pk=case.pk, **kwargs))
        assert "腰痛がある" in ours and ("滞納がある" in ours) == (name == "case_record")


def test_a_city_replaces_a_form_for_its_offices_and_goes_back(okayama: Programme, soja: Programme):
    case = okayama.active()
    client = client_of(okayama.manager)
    url = reverse("form_edit", kwargs={"kind": "consent"})
    body = "<h1>わが市の同意書</h1><p>{{ 氏名 }}</p>{% for 行 in 提供先 %}<p>{{ 行.名称 }}</p>{% endfor %}"
    data = {"act": "save", "body": body, "valid_from": f"{today():%Y/%m/%d}", "note": "市の規則の改正"}
    assert client.post(url, data).status_code == 302
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    assert "わが市の同意書" in text and folded("試験 花子") in text and okayama.hello_work.name in text
    # The other side and another city keep the standard form.
    assert "わが市" not in text_of(get_pdf(okayama.navigator, "case_paper", pk=case.pk, kind="consent"))
    theirs = soja.open_case()
    assert "わが市" not in text_of(get_pdf(soja.caseworker, "case_paper", pk=theirs.pk, kind="consent"))
    with working_as(soja.manager):
        assert FormTemplate.objects.count() == 0
    later = {**data, "body": "", "note": "標準に戻す"}
    assert client.post(url, later).status_code == 302
    assert "わが市" not in text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    with working_as(okayama.manager):
        assert list(FormTemplate.objects.order_by("version_number").values_list("version_number", "note")) == [
            (1, "市の規則の改正"),
            (2, "標準に戻す"),
        ]
    page = client.get(url).content.decode()
    assert "市の規則の改正" in page and all(entry.meaning in page for entry in ENTRIES)


def test_a_form_of_the_future_waits(okayama: Programme):
    with working_as(okayama.manager):
        layout.save_layout(
            kind=FormKind.CONSENT,
            body="<p>来年度の様式</p>",
            valid_from=today() + dt.timedelta(days=1),
            note="来年度",
            by=okayama.manager,
            at=now(),
        )
    case = okayama.open_case()
    assert "来年度" not in text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))


def test_a_layout_is_written_once(okayama: Programme):
    with working_as(okayama.manager):
        layout.save_layout(
            kind=FormKind.CONSENT, body="<p>x</p>", valid_from=DAY, note="理由", by=okayama.manager, at=now()
        )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            FormTemplate.objects.update(body="<p>y</p>")
    with working_as(okayama.caseworker), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        FormTemplate.objects.create(
            organisation=okayama.city,
            kind="consent",
            version_number=9,
            body="x",
            valid_from=DAY,
            note="下から",
            created_by=okayama.caseworker.user,
        )


HOSTILE = [
    '<img src="http://example.com/x.png">',
    '<img src="file:///etc/passwd">',
    "<script>alert(1)</script>",
    '<link rel="attachment" href="file:///etc/passwd">',
    '<a href="http://example.com/">x</a>',
    '<p onclick="x()">x</p>',
    '<p style="background:url(file:///etc/passwd)">x</p>',
    "<style>@import 'http://example.com/x.css';</style>",
    "<style>p{background:u\\72l(http://example.com/)}</style>",
    "<style>@font-face{font-family:x;src:local(x)}</style>",
    '<object data="file:///etc/passwd"></object>',
    '<svg><image href="file:///etc/passwd"/></svg>',
    "<iframe></iframe>",
    "{% load static %}",
    "{% include 'base.html' %}",
    "{% extends 'base.html' %}",
    "{% debug %}",
    "{% csrf_token %}",
    "{% now 'Y' %}",
    "{% with 氏名 as x %}{{ x }}{% endwith %}",
    "{{ 氏名|safe }}",
    "{{ 氏名|default:'<' }}img src=x>",
    '{{ "<" }}img src=x{{ ">" }}',
    "{{ 氏名.__class__ }}",
    "{{ 氏名.encode }}",
    "{{ 担当者.0.氏名 }}",
    "{{ case.person }}",
    "{{ settings.SECRET_KEY }}",
    "{{ 存在しない項目 }}",
    "{% if 存在しない項目 %}x{% endif %}",
    "{% if 氏名 == 存在しない項目 %}x{% endif %}",
    "{% for 字 in 氏名 %}{{ 字 }}{% endfor %}",
    "{% for a, b in 担当者 %}x{% endfor %}",
    "{% for 行 in 担当者 %}{{ 行.秘密 }}{% endfor %}",
    "{% for a in 担当者 %}{% for b in 担当者 %}{% for c in 担当者 %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% if 氏名 %}閉じていない",
    "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>x</p><![CDATA[x]]>",
    "x" * 60_001,
]


def test_a_layout_cannot_reach_out(okayama: Programme):
    """None of these is saved; each is answered with a sentence and what was typed."""
    url = reverse("form_edit", kwargs={"kind": "consent"})
    client = client_of(okayama.manager)
    for body in HOSTILE:
        with pytest.raises(LayoutError) as error:
            parse(body)
        assert error.value.reasons, body
    for body in HOSTILE[:2]:
        answer = client.post(url, {"act": "save", "body": body, "valid_from": "R5.4.1", "note": "理由"})
        assert answer.status_code == 200 and "入力を確かめてください" in answer.content.decode()
    typed = "<h1>x</h1>\n{{ 秘密 }}\n<script>x</script>"
    answer = client.post(url, {"act": "save", "body": typed, "valid_from": "R5.4.1", "note": "理由"}).content.decode()
    for words in ("2行目: 「秘密」という項目はありません", "3行目: &lt;script&gt;は使えません", "{{ 秘密 }}"):
        assert words in answer
    with working_as(okayama.manager):
        assert not FormTemplate.objects.exists()


def test_what_layouts_may_do():
    body = (
        "<style>.a{color:#000}</style><table class='box'><tr><th colspan='2' style='width:3cm'>{{ 氏名|default:\"なし\" }}"
        '</th></tr></table>{% if 要請日 and not 撤回日 %}{{ 要請日 }}{% elif 氏名 == "x" %}x{% else %}なし{% endif %}'
        "{% for 行 in 担当者 %}{{ forloop.counter }} {{ 行.氏名|linebreaksbr }}{% empty %}いない{% endfor %}"
    )
    text = text_of(print_sample(body, FormKind.CONSENT, FOOT))
    assert "令和8年3月10日" in text and "1見本太郎2見本次郎" in text
    for kind in FormKind:
        parse(standard_body(kind))


def test_values_cannot_become_html(okayama: Programme):
    """A name full of markup is printed as it was typed, and nothing is fetched."""
    name = "<img src='http://example.com/x'>{{ 住所 }}"
    case = okayama.open_case(name=name)
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    assert folded(name) in text


def test_the_fetcher_stands_behind_the_check(okayama: Programme):
    """What would slip past the check is still refused by the renderer: nothing outside is read."""
    assert issubclass(OutsideAddress, ValueError)
    answer = client_of(okayama.manager).post(
        reverse("form_edit", kwargs={"kind": "consent"}), {"act": "sample", "body": "<p>{{ 氏名 }}</p>"}
    )
    assert answer["Content-Type"] == "application/pdf"
    assert folded("見本 花子") in text_of(answer.content)
    with working_as(okayama.manager):
        assert not FormTemplate.objects.exists(), "a sample saves nothing"


def test_fonts_are_embedded(okayama: Programme, tmp_path: Path):
    case = okayama.active()
    path = tmp_path / "plan.pdf"
    path.write_bytes(get_pdf(okayama.caseworker, "plan_paper", pk=case.pk, number=1))
    done = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True)  # of poppler-utils
    lines = done.stdout.splitlines()[2:]
    assert lines and all(" yes yes yes " in line for line in lines), lines
