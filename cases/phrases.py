"""Every fixed sentence on the sheets that a client takes home, in やさしい日本語 with readings and in Portuguese.

`[次|つぎ]` is a word with its reading; `{date}` is filled in. A sentence without both languages fails
tests/cases/test_phrases.py, and so does a kanji without a reading.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone

from cases.enums import SheetLanguage

JA, PT = SheetLanguage.EASY_JAPANESE, SheetLanguage.PORTUGUESE

PHRASES: dict[str, dict[SheetLanguage, str]] = {
    "title": {JA: "[次|つぎ]に すること", PT: "Próximos passos"},
    "for": {JA: "{name}さんへ", PT: "Para: {name}"},
    "made_on": {JA: "[書|か]いた[日|ひ]: {date}", PT: "Data deste papel: {date}"},
    "meet": {JA: "[次|つぎ]に [会|あ]う[日|ひ]", PT: "Próximo encontro"},
    "no_meet": {
        JA: "[次|つぎ]に [会|あ]う[日|ひ]は まだ [決|き]まって いません。"
        "[下|した]の [電話番号|でんわばんごう]に [電話|でんわ]して ください。",
        PT: "A data do próximo encontro ainda não foi marcada. Por favor, ligue para o telefone abaixo.",
    },
    "when": {JA: "いつ", PT: "Quando"},
    "where": {JA: "どこ", PT: "Onde"},
    "who": {JA: "[会|あ]う[人|ひと]", PT: "Com quem"},
    "about": {JA: "[話|はな]すこと", PT: "Assunto"},
    "how_visit": {JA: "[窓口|まどぐち]に [来|き]て ください。", PT: "Venha ao balcão de atendimento."},
    "how_phone": {
        JA: "[電話|でんわ]を かけます。[電話|でんわ]に [出|で]て ください。",
        PT: "Vamos ligar para você. Por favor, atenda o telefone.",
    },
    "how_home_visit": {JA: "あなたの [家|いえ]に [行|い]きます。", PT: "Vamos visitar a sua casa."},
    "how_accompany": {JA: "[一緒|いっしょ]に [行|い]きます。", PT: "Vamos junto com você."},
    "how_online": {
        JA: "パソコンか スマートフォンで [話|はな]します。",
        PT: "Vamos conversar pelo computador ou pelo celular.",
    },
    "how_outreach": {
        JA: "[窓口|まどぐち]では ない [場所|ばしょ]で [会|あ]います。[場所|ばしょ]を [確|たし]かめて ください。",
        PT: "O encontro não será no balcão. Confira o local.",
    },
    "interpreter_present": {JA: "[通訳|つうやく]の [人|ひと]が [一緒|いっしょ]に います。", PT: "Haverá intérprete."},
    "interpreter_phone": {
        JA: "[電話|でんわ]で [通訳|つうやく]の [人|ひと]と [話|はな]せます。",
        PT: "Haverá intérprete por telefone.",
    },
    "interpreter_video": {
        JA: "[画面|がめん]で [通訳|つうやく]の [人|ひと]と [話|はな]せます。",
        PT: "Haverá intérprete por vídeo.",
    },
    "todo": {JA: "[次|つぎ]に [会|あ]う[日|ひ]までに すること", PT: "O que fazer até o próximo encontro"},
    "no_todo": {JA: "[今|いま] することは ありません。", PT: "Nada a fazer por enquanto."},
    "until": {JA: "{date}までに して ください。", PT: "Faça até {date}."},
    "bring": {JA: "[持|も]って くる もの", PT: "O que trazer"},
    "no_bring": {JA: "[持|も]って くる ものは ありません。", PT: "Não precisa trazer nada."},
    "call": {JA: "[困|こま]った ときは [電話|でんわ]して ください", PT: "Em caso de dúvida, telefone"},
    "call_who": {JA: "[電話|でんわ]する ところ", PT: "Para onde ligar"},
    "phone": {JA: "[電話番号|でんわばんごう]", PT: "Telefone"},
    "late": {
        JA: "[来|く]ることが できない ときは、[必|かなら]ず [電話|でんわ]して ください。"
        "[別|べつ]の [日|ひ]を [決|き]めます。",
        PT: "Se não puder vir, telefone sempre. Vamos marcar outro dia.",
    },
    "staff_text": {
        JA: "[窓口|まどぐち]の [人|ひと]が [書|か]きました。[分|わ]からない ときは [聞|き]いて ください。",
        PT: "Escrito em japonês pelo balcão. Se não entender, pergunte ao intérprete.",
    },
}

BRING: dict[str, dict[SheetLanguage, str]] = {
    "this": {JA: "この [紙|かみ]", PT: "Este papel"},
    "resume": {JA: "[履歴書|りれきしょ]", PT: "Currículo (rirekisho)"},
    "identity": {
        JA: "あなたの [名前|なまえ]が [分|わ]かる もの([免許証|めんきょしょう]、[在留|ざいりゅう]カード など)",
        PT: "Documento de identidade (carteira de motorista, cartão de residência etc.)",
    },
    "hello_work_card": {JA: "ハローワークの カード", PT: "Cartão da Hello Work"},
    "bankbook": {JA: "[銀行|ぎんこう]の [通帳|つうちょう]", PT: "Caderneta do banco"},
    "seal": {JA: "はんこ", PT: "Carimbo (hanko)"},
    "papers": {JA: "[役所|やくしょ]から [来|き]た [紙|かみ]", PT: "Papéis recebidos da prefeitura"},
    "phone": {JA: "スマートフォン、[携帯電話|けいたいでんわ]", PT: "Celular"},
    "pen": {JA: "ペンと ノート", PT: "Caneta e caderno"},
}

STEPS: dict[str, dict[SheetLanguage, str]] = {
    "resume": {JA: "[履歴書|りれきしょ]を [書|か]きます。", PT: "Escrever o currículo."},
    "jobs": {
        JA: "やりたい [仕事|しごと]を 3つ [選|えら]びます。",
        PT: "Escolher 3 trabalhos que gostaria de fazer.",
    },
    "register": {
        JA: "ハローワークで [仕事|しごと]を [探|さが]す [申込|もうしこ]みを します。",
        PT: "Fazer a inscrição para procurar trabalho na Hello Work.",
    },
    "photo": {
        JA: "[履歴書|りれきしょ]の [写真|しゃしん]を とります。",
        PT: "Tirar a foto para o currículo.",
    },
    "interview": {JA: "[面接|めんせつ]の [練習|れんしゅう]を します。", PT: "Treinar para a entrevista."},
    "morning": {
        JA: "[毎日|まいにち] [同|おな]じ [時間|じかん]に [起|お]きます。",
        PT: "Acordar todos os dias no mesmo horário.",
    },
    "form": {
        JA: "[紙|かみ]に [名前|なまえ]を [書|か]いて、[窓口|まどぐち]に [出|だ]します。",
        PT: "Preencher o papel e entregar no balcão.",
    },
}

_RUBY = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")
_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    20: "はつか",
    24: "にじゅうよっか",
}
_WEEKDAYS_JA = ("月|げつ", "火|か", "水|すい", "木|もく", "金|きん", "土|ど", "日|にち")
_WEEKDAYS_PT = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")
_MONTHS_PT = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A part of a sentence, with its reading where it has one."""

    text: str
    reading: str = ""


Sentence = tuple[Piece, ...]


def pieces(text: str, *, furigana: bool = True) -> Sentence:
    """'[次|つぎ]に' → a piece with a reading and one without."""
    found: list[Piece] = []
    last = 0
    for match in _RUBY.finditer(text):
        if match.start() > last:
            found.append(Piece(text[last : match.start()]))
        found.append(Piece(match[1], match[2] if furigana else ""))
        last = match.end()
    if last < len(text):
        found.append(Piece(text[last:]))
    return tuple(found)


def day_text(day: dt.date, language: SheetLanguage) -> str:
    """The day in words, with readings in Japanese: the fifth is いつか, not ごにち."""
    if language == PT:
        return f"{_WEEKDAYS_PT[day.weekday()]}, {day.day} de {_MONTHS_PT[day.month - 1]} de {day.year}"
    number = f"[{day.day}日|{_DAYS[day.day]}]" if day.day in _DAYS else f"{day.day}[日|にち]"
    kanji, reading = _WEEKDAYS_JA[day.weekday()].split("|")
    return f"{day.year}[年|ねん]{day.month}[月|がつ]{number}([{kanji}曜日|{reading}ようび])"


def moment_text(moment: dt.datetime, language: SheetLanguage) -> str:
    """Day and time; morning and afternoon are said, because 2時 is read as either."""
    local = timezone.localtime(moment)
    if language == PT:
        return f"{day_text(local.date(), PT)}, às {local.hour}h{local.minute:02d}"
    half = "[午前|ごぜん]" if local.hour < 12 else "[午後|ごご]"
    hour = local.hour if local.hour <= 12 else local.hour - 12
    minute = ""
    if local.minute:
        minute = f"{local.minute}[分|{'ふん' if local.minute % 10 in (2, 5, 7, 9) else 'ぷん'}]"
    return f"{day_text(local.date(), JA)} {half}{hour}[時|じ]{minute}"


def plain(entry: dict[SheetLanguage, str]) -> str:
    """The Japanese of an entry without readings, for the staff's own form."""
    return _RUBY.sub(r"\1", entry[JA]).replace(" ", "")
