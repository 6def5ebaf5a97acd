"""A form counts once, whatever the mouse, the network or the Back button do."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.urls import reverse

from accounts.models import Submission
from accounts.once import REPEATED
from accounts.scope import Actor
from cases.models import Interview
from employers.models import Employer
from tests.factories import Programme, working_as

NOTE = {"held_at": "2023/5/1 10:00", "method": "visit", "body": "話した内容", "visibility": "shared"}


def client_of(who: Actor) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_the_same_post_again_gives_the_same_answer_and_one_record(okayama: Programme):
    case = okayama.active()
    url = reverse("interview_new", kwargs={"pk": case.pk})
    client = client_of(okayama.navigator)
    page = client.get(url).content.decode()
    key = page.split('name="once" value="')[1].split('"')[0]
    sent = NOTE | {"once": key}
    answers = [client.post(url, sent) for _ in range(5)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("case_detail", kwargs={"pk": case.pk}))
    }
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 1
    assert REPEATED in client.get(answers[0]["Location"]).content.decode()


def test_other_words_under_the_same_key_are_another_post(okayama: Programme):
    """Back, correct, send: what was typed the second time is not thrown away."""
    url = reverse("interview_new", kwargs={"pk": okayama.active().pk})
    client, key = client_of(okayama.navigator), str(uuid4())
    client.post(url, NOTE | {"once": key})
    client.post(url, NOTE | {"once": key, "body": "書き直した"})
    with working_as(okayama.navigator):
        assert set(Interview.objects.values_list("body", flat=True)) == {"話した内容", "書き直した"}


def test_a_refused_form_is_not_done(okayama: Programme):
    url = reverse("interview_new", kwargs={"pk": okayama.active().pk})
    client, key = client_of(okayama.navigator), str(uuid4())
    assert client.post(url, NOTE | {"once": key, "body": ""}).status_code == 200
    with working_as(okayama.navigator):
        assert Submission.objects.count() == 0
    assert client.post(url, NOTE | {"once": key}).status_code == 302
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 1


def test_a_key_belongs_to_its_user(okayama: Programme):
    case = okayama.active()
    url, key = reverse("interview_new", kwargs={"pk": case.pk}), str(uuid4())
    for who in (okayama.navigator, okayama.caseworker):
        assert client_of(who).post(url, NOTE | {"once": key}).status_code == 302
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 2
        assert Submission.objects.count() == 1


def test_every_creating_form_carries_a_key(okayama: Programme):
    case = okayama.active()
    names = (
        *("interview_new", "appointment_new", "introduction_new", "placement_new", "plan_new", "assignment_new"),
        *("case_close", "plan_agreed"),
    )
    client = client_of(okayama.navigator)
    for url in (*(reverse(name, kwargs={"pk": case.pk}) for name in names), reverse("employer_new")):
        assert client.get(url).content.decode().count('name="once" value="') == 1, url


def test_an_employer_is_registered_once(okayama: Programme):
    client = client_of(okayama.navigator)
    sent = {"name": "二度押し商店", "once": str(uuid4())}
    for _ in range(3):
        assert client.post(reverse("employer_new"), sent).status_code == 302
    assert Employer.objects.filter(name="二度押し商店").count() == 1


def test_junk_is_no_key(okayama: Programme):
    client = client_of(okayama.navigator)
    for number, junk in enumerate(("", "x", "\x00", "0" * 40)):
        answer = client.post(reverse("employer_new"), {"name": f"店{number}", "once": junk})
        assert answer.status_code == 302
    assert Employer.objects.filter(name__startswith="店").count() == 4
