"""What of a text would tell who the person is: names, readings, numbers, addresses, employers, exact days."""

from __future__ import annotations

import re
import unicodedata

from cases.models import Case, Introduction, Placement
from cases.search import fold_digits, fold_text

# One letter of a family name stands in many words (森); with a title after it, it is a name.
_TITLES = ("さん", "様", "氏", "くん", "君", "ちゃん")
_DAY = re.compile(
    r"\d{1,2}月\d{1,2}日|(?<!\d)(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)|[RHSTM令平昭]\d{1,2}[./-]\d{1,2}[./-]\d{1,2}"
)
_CONTACT = re.compile(r"(?<!\d)0\d{1,4}-?\d{1,4}-?\d{3,4}(?!\d)|〒|[\w.+-]+@[\w-]+\.[\w.]+|\d+丁目|\d+番地")
_KIND_OF_FIRM = re.compile(r"\(.*?\)|株式会社|有限会社|合同会社|社会福祉法人|医療法人")
_KATAKANA = re.compile(r"[ァ-ヶー・]+")


def what_names(case: Case, texts: list[str]) -> list[str]:
    """Sentences about what has to go; empty when nothing was found. None of them repeats what was found."""
    joined = "\n".join(texts)
    found = []
    if _names(case, joined):
        found.append("本人の氏名かフリガナが文の中にあります。「本人」などに書き換えてください。")
    if _whereabouts(case, joined):
        found.append("本人の住所・電話番号などが文の中にあります。消してください。")
    if _others(case, joined):
        found.append(
            "担当者の氏名、勤め先・応募先の名前、ケース番号のどれかが文の中にあります。消すか、業種に書き換えてください。"
        )
    plain = unicodedata.normalize("NFKC", joined)
    if _DAY.search(plain):
        found.append("日まで分かる日付が文の中にあります。「5月」「春」のように、月までにしてください。")
    if _CONTACT.search(plain):
        found.append("電話番号・メールアドレス・住所と読める部分が文の中にあります。消してください。")
    return found


def _holds(text: str, name: str) -> bool:
    """Whether the folded text holds the folded name; a single letter only with a title after it."""
    if not name:
        return False
    if len(name) > 1:
        return name in text
    return any(name + title in text for title in _TITLES)


def _names(case: Case, text: str) -> bool:
    person = case.person
    folded = kana = fold_text(text)
    names = [fold_text(part) for part in (person.name, *re.split(r"[\s・]+", person.name))]
    if any(_holds(folded, name) for name in names):
        return True
    whole = fold_text(person.name_kana)
    if len(whole) > 2 and whole in kana:
        return True
    # A reading of two letters stands in many words (ハナ): only with a title, or from three letters on.
    parts = [fold_text(part) for part in re.split(r"[\s・]+", person.name_kana)]
    titles = [fold_text(title) for title in ("さん", "くん", "ちゃん")] + ["様", "氏", "君"]
    words = [fold_text(word) for word in _KATAKANA.findall(unicodedata.normalize("NFKC", text))]
    return any(
        part
        and ((len(part) > 2 and any(part in word for word in words)) or any(part + title in kana for title in titles))
        for part in parts
    )


def _whereabouts(case: Case, text: str) -> bool:
    contact = case.person.shown_contact
    if contact is None:
        return False  # hidden by a suppression: the database compares (hidden_named)
    plain, digits = fold_text(text), fold_digits(text)
    wanted = [fold_text(value) for value in (contact.address, contact.email, contact.school) if value]
    phone = fold_digits(contact.phone)
    return any(len(value) > 3 and value in plain for value in wanted) or (len(phone) > 8 and phone in digits)


def _others(case: Case, text: str) -> bool:
    plain = fold_text(text)
    team = case.assignments.select_related("user").values_list("user__name", flat=True)
    jobs: list[Introduction | Placement] = [
        *case.introductions.select_related("workplace__employer"),
        *case.placements.select_related("workplace__employer"),
    ]
    employers = [row.workplace.employer.name for row in jobs if getattr(row, "workplace", None)]
    employers = [_KIND_OF_FIRM.sub("", unicodedata.normalize("NFKC", name)) for name in employers]
    return any(len(name) > 2 and name in plain for name in map(fold_text, [*team, *employers, case.number]))
