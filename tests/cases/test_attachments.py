"""Files on a case: who reads them, what they hang on, how they are taken back. What is accepted: test_files.py."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from cases.actions import attachment as attachments
from cases.actions import suppression
from cases.actions.contact import CaseAlreadyClosed
from cases.enums import Visibility
from cases.files.check import check_file
from cases.forms.attachment import NOTES_AT_HAND
from cases.models import Attachment, AttachmentContent, Case
from core.periods import now
from tests import walls
from tests.clients import client_of
from tests.factories import Programme, working_as
from tests.uploads import pdf, post

DAY = dt.date(2023, 5, 10)


def test_the_same_file_is_attached_once(okayama: Programme, open_case: Case):
    assert post(okayama, open_case, "同意書.pdf", pdf()).status_code == 302
    again = post(okayama, open_case, "別の名前.pdf", pdf())
    assert "同じ内容のファイル" in again.content.decode()
    with working_as(okayama.navigator):
        assert Attachment.objects.count() == 1


def test_an_own_file_stays_with_its_organisation(okayama: Programme, open_case: Case, soja: Programme):
    own = okayama.attach(open_case, visibility=Visibility.OWN)
    shared = okayama.attach(open_case)
    for who, expected in ((okayama.navigator, 2), (okayama.caseworker, 1), (soja.caseworker, 0)):
        with working_as(who), connection.cursor() as cursor:
            # Without any filter of the application: the wall alone.
            counts = []
            for table in ("cases_attachment", "cases_attachmentcontent", "cases_attachmentevent"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                counts.append(cursor.fetchone()[0])
            assert counts == [expected] * 3
    for row, status in ((own, 404), (shared, 200)):
        url = reverse("attachment_download", kwargs={"pk": open_case.pk, "attachment_pk": row.pk})
        assert client_of(okayama.caseworker).get(url).status_code == status
        assert client_of(soja.caseworker).get(url).status_code == 404


def test_a_file_of_a_suppressed_person_waits_for_a_second_person(okayama: Programme, open_case: Case):
    url = reverse("attachment_download", kwargs={"pk": open_case.pk, "attachment_pk": okayama.attach(open_case).pk})
    release = walls.asked(okayama, open_case)
    asking, other = client_of(okayama.caseworker), client_of(okayama.navigator)
    for client in (asking, other):
        answer = client.get(url)
        assert answer["Location"] == reverse("suppression", kwargs={"pk": open_case.pk})
        assert ["印刷・出力は止めています" in str(message) for message in get_messages(answer.wsgi_request)] == [True]
    with working_as(okayama.manager):
        suppression.approve_release(release=release, by=okayama.manager, at=now())
    assert asking.get(url)["Content-Disposition"].startswith("attachment")
    assert other.get(url).status_code == 302  # approved for the one who asked


def test_a_file_of_an_own_note_is_read_with_the_note(okayama: Programme, open_case: Case):
    note = okayama.interview(open_case, DAY, visibility=Visibility.OWN)
    row = okayama.attach(open_case, interview=note)  # shared by mistake
    with working_as(okayama.caseworker):
        assert not Attachment.objects.exists()
        assert not AttachmentContent.objects.exists()
    url = reverse("attachment_download", kwargs={"pk": open_case.pk, "attachment_pk": row.pk})
    assert client_of(okayama.caseworker).get(url).status_code == 404
    answer = post(okayama, open_case, "同意書.pdf", pdf(), interview=str(note.pk))
    assert "「自機関のみ」にしてください" in answer.content.decode()


def test_a_link_across_cases_is_impossible(okayama: Programme, open_case: Case):
    other = okayama.active(name="別の 人")
    note = okayama.interview(other, DAY)
    row = okayama.attach(open_case)
    assert "interview" in post(okayama, open_case, "a.pdf", pdf(), interview=str(note.pk)).context["form"].errors
    with (
        working_as(okayama.navigator),
        pytest.raises(DatabaseError, match="interview_id_same_case"),
        transaction.atomic(),
    ):
        Attachment.objects.create(
            **{field.attname: getattr(row, field.attname) for field in Attachment._meta.fields if field.name != "id"}
            | {"interview_id": note.pk, "sha256": "0" * 64}
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_taken_back_is_closed_but_not_gone(okayama: Programme, open_case: Case):
    row = okayama.attach(open_case)
    client = client_of(okayama.navigator)
    kwargs = {"pk": open_case.pk, "attachment_pk": row.pk}
    assert client.post(reverse("attachment_remove", kwargs=kwargs), {"reason": ""}).status_code == 200
    assert client.post(reverse("attachment_remove", kwargs=kwargs), {"reason": "別の人の書類"}).status_code == 302
    assert client.get(reverse("attachment_download", kwargs=kwargs)).status_code == 404
    assert (
        "すでに取り下げ" in client.post(reverse("attachment_remove", kwargs=kwargs), {"reason": "x"}).content.decode()
    )
    page = client.get(reverse("case_detail", kwargs={"pk": open_case.pk})).content.decode()
    assert "別の人の書類" in page
    with working_as(okayama.navigator), connection.cursor() as cursor:
        assert Attachment.objects.get().removed_by == okayama.navigator.user
        assert not AttachmentContent.objects.exists()  # the wall closes the bytes, too
        cursor.execute("SELECT count(*) FROM cases_attachmentevent")
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM cases_attachment",
        "DELETE FROM cases_attachmentcontent",
        "UPDATE cases_attachmentcontent SET data = 'x'",
        "UPDATE cases_attachmentevent SET name = 'x'",
        "DELETE FROM cases_attachmentevent",
        "TRUNCATE cases_attachmentcontent",
    ],
)
def test_the_application_cannot_change_or_delete(okayama: Programme, open_case: Case, statement):
    okayama.attach(open_case)
    with (
        working_as(okayama.navigator),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_only_the_removal_may_change(okayama: Programme, open_case: Case):
    okayama.attach(open_case)
    with working_as(okayama.navigator):
        for change in ({"name": "別名.png"}, {"visibility": "own"}, {"sha256": "0" * 64}):
            with pytest.raises(DatabaseError, match=r"stays_as_sent|annot update"), transaction.atomic():
                Attachment.objects.update(**change)
        with pytest.raises(DatabaseError, match="attachment_removal_complete"), transaction.atomic():
            Attachment.objects.update(removed_at=now())


def test_a_closed_case_takes_no_file(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator):
        Case.objects.filter(pk=case.pk).update(state="closed", closed_on=DAY.replace(year=2030), close_reason="other")
        with pytest.raises(CaseAlreadyClosed):
            attachments.attach(
                case=case,
                by=okayama.navigator,
                at=now(),
                file=check_file("a.pdf", pdf()),
                kind="other",
                visibility=Visibility.SHARED,
            )
    assert "終了したケース" in post(okayama, case, "a.pdf", pdf()).content.decode()


def test_the_case_page_and_the_consent_show_the_file(okayama: Programme, open_case: Case):
    with working_as(okayama.navigator):
        consent = open_case.consents.get()
    okayama.attach(open_case, consent=consent)
    client = client_of(okayama.caseworker)
    page = client.get(reverse("case_detail", kwargs={"pk": open_case.pk})).content.decode()
    assert page.count("同意書の写し.png") >= 2  # the list and the timeline
    assert "添付: 同意書" in page
    only = client.get(reverse("case_detail", kwargs={"pk": open_case.pk}), {"kind": "添付"})
    assert [entry.kind for entry in only.context["entries"]] == ["添付"]
    seen = client.get(reverse("visibility", kwargs={"pk": open_case.pk})).content.decode()
    assert "同意書の写し.png" in seen
    assert json.dumps(str(consent.pk))[1:-1] in seen


def test_the_case_page_offers_the_newest_interviews_and_the_way_to_the_others(okayama: Programme, open_case: Case):
    def offered(name: str) -> list[str]:
        shown = client_of(okayama.navigator).get(reverse(name, kwargs={"pk": open_case.pk})).content.decode()
        (select,) = re.findall(r'<select name="interview".*?</select>', shown, re.DOTALL)
        return re.findall(r'<option value="([^"]+)"', select)

    written = [okayama.interview(open_case, DAY + dt.timedelta(days=number)) for number in range(NOTES_AT_HAND + 1)]
    newest_first = [str(note.pk) for note in reversed(written)]
    assert offered("attachment_new") == newest_first
    assert offered("case_detail") == newest_first[:NOTES_AT_HAND]
    other = reverse("attachment_new", kwargs={"pk": open_case.pk})
    page = client_of(okayama.navigator).get(reverse("case_detail", kwargs={"pk": open_case.pk})).content.decode()
    assert f'<a href="{other}">それより前の面談の記録に付ける</a>' in page


def test_a_file_is_attached_from_the_note_and_seen_with_it(okayama: Programme, open_case: Case):
    """From one's own entry of the timeline: the note and its readers are chosen already."""
    detail = reverse("case_detail", kwargs={"pk": open_case.pk})

    def entry(who, words: str) -> str:
        (timeline,) = re.findall(r'<ol class="timeline">.*?</ol>', client_of(who).get(detail).content.decode(), re.S)
        (found,) = [one for one in timeline.split("<li") if words in one]
        return found

    okayama.interview(open_case, DAY, body="市と話した", who=okayama.caseworker)
    written = client_of(okayama.navigator).post(
        reverse("interview_new", kwargs={"pk": open_case.pk}),
        {
            "held_at": "2023/5/10 10:00",
            "method": "visit",
            "body": "自分だけの話",
            "visibility": "own",
            "has_person": "on",
        },
        follow=True,
    )
    assert "その記録の「ファイルを添付」から付けられます" in written.content.decode(), "said when the note is saved"
    (link,) = re.findall(r'href="([^"]+)">ファイルを添付</a>', entry(okayama.navigator, "自分だけの話"))
    assert "ファイルを添付" not in entry(okayama.navigator, "市と話した"), "not on the note of somebody else"
    shown = client_of(okayama.navigator).get(link).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected', shown)
    note = link.partition("?interview=")[2]
    assert note in chosen and "own" in chosen, chosen
    answer = post(okayama, open_case, "求人票.pdf", pdf(), interview=note, visibility="own")
    assert answer.status_code == 302
    assert re.search(r"添付:</strong> <a [^>]+>求人票.pdf</a>", entry(okayama.navigator, "自分だけの話"))
    theirs = client_of(okayama.caseworker).get(detail).content.decode()
    assert "求人票.pdf" not in theirs and "自分だけの話" not in theirs
    row = okayama.attach(open_case, who=okayama.caseworker, name="領収書")
    assert "領収書" not in entry(okayama.navigator, "市と話した"), "a file of no note"
    with working_as(okayama.navigator):
        mine = Attachment.objects.exclude(pk=row.pk).get()
        attachments.take_back(attachment=mine, by=okayama.navigator, at=now(), reason="間違えた")
    assert "求人票.pdf" not in entry(okayama.navigator, "自分だけの話")
