"""Ways round Django's protections, looked for in every module and template (security.md A61).

What public rule sets for Django ask (unescaped output, CSRF switched off, raw SQL, open redirects, unsafe
loading, a shell), beside bandit and ruff's S rules. An exception is written here with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.servers import ROOT
from tests.test_supply import referenced

ROOMS = ("core", "accounts", "agreements", "employers", "cases", "reports", "config", "templates")
CALLS = {
    "mark_safe", "SafeString", "SafeText", "format_html_join", "csrf_exempt", "xframe_options_exempt", "RawSQL",
    "eval", "exec", "compile", "__import__",
}  # fmt: skip
METHODS = {"raw", "extra"}
MODULES = {"pickle", "marshal", "shelve", "dill", "xml.etree", "xml.dom", "xml.sax", "telnetlib", "ftplib"}
TEMPLATE = re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off|{%\s*debug\s*%}")
KNOWN = {
    "templates/mfa/totp/activate_form.html: |safe",  # the picture that allauth draws of its own key
}


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def from_request(node: ast.AST) -> bool:
    """Whether something that the browser sent stands in the expression as it came."""
    return any(
        isinstance(part, ast.Attribute) and part.attr in ("GET", "POST", "META", "COOKIES", "headers", "body")
        for part in ast.walk(node)
    )


def code_findings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (name for name in names if name in MODULES or name.startswith(("xml.etree", "xml.dom")))
        if isinstance(node, ast.FunctionDef):
            yield from (name_of(mark) for mark in node.decorator_list if name_of(mark) in CALLS)
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        last = name.rpartition(".")[2]
        if name in CALLS or (last in CALLS and last != "compile"):
            yield last
        if last in METHODS and name.count(".") >= 1 and "objects" in name:
            yield last
        if name in ("yaml.load", "yaml.unsafe_load", "yaml.full_load"):
            yield name
        if any(word.arg == "shell" and getattr(word.value, "value", False) is True for word in node.keywords):
            yield "shell=True"
        if last in ("redirect", "HttpResponseRedirect", "HttpResponse") and any(map(from_request, node.args)):
            yield f"{last} of what was sent"
        if last in ("execute", "executemany") and node.args and isinstance(node.args[0], ast.JoinedStr):
            yield "SQL put together from values"


def all_findings() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if "migrations" in path.parts or path.suffix not in (".py", ".html", ".txt"):
                continue
            text = path.read_text(encoding="utf-8")
            hits = (
                code_findings(text)
                if path.suffix == ".py"
                else (hit.replace(" ", "") for hit in TEMPLATE.findall(text))
            )
            found |= {f"{path.relative_to(ROOT)}: {hit}" for hit in hits}
    return found


def test_nothing_goes_round_the_protections():
    assert all_findings() == KNOWN


@pytest.mark.parametrize(
    "code",
    [
        "mark_safe(text)",
        "@csrf_exempt\ndef view(request): ...",
        "Case.objects.raw('x')",
        "cursor.execute(f'SELECT {x}')",
        "redirect(request.GET['next'])",
        "HttpResponse(request.POST['x'])",
        "import pickle",
        "yaml.load(text)",
        "subprocess.run('ls', shell=True)",
        "eval(text)",
    ],
)
def test_the_look_finds(code: str):
    assert len(list(code_findings(code))) == 1


# What would let text leave without the server knowing: the clipboard, the browser's printing, a file made in the page.
PAST_THE_SERVER = re.compile(
    r"\bclipboard\b|ClipboardItem|\b(?:oncopy|oncut|onbeforeprint)\b|execCommand\(\s*[\"'](?!insertText\b)|\bprint\s*\("
    r"|createObjectURL|showSaveFilePicker|msSaveBlob|\"data:(?!image/)|navigator\s*\.\s*share|data-(?:copy|clipboard|print)\b",
    re.IGNORECASE,
)
# Only on pages by HTTPS or of the machine itself (Secure Contexts, W3C).
SECURE_ONLY = re.compile(
    r"\bcrypto\s*\.\s*(?:subtle|randomUUID)\b|\bPublicKeyCredential\b|\b(?:caches|cookieStore|Notification|PushManager)\b"
    r"|\bnavigator\s*\.\s*(?:clipboard|credentials|geolocation|locks|mediaDevices|permissions|serviceWorker|share|storage"
    r"|wakeLock|usb|hid|serial|bluetooth)\b|\bshow(?:OpenFile|SaveFile|Directory)Picker\b|\bisSecureContext\b"
)
# A use is guarded when the same line, or the line that ends the script, asks first whether it is there.
ASKED_FIRST = (
    re.compile(r"crypto\.randomUUID \? crypto\.randomUUID\(\) : \w+"),
    re.compile(r"if \(!window\.PublicKeyCredential\) \{"),
)


# Scripts of packages that use it only after something of ours asked: static/js/security_key.js.
ASKED_ELSEWHERE = {"mfa/js/webauthn-json.js": {"navigator.credentials", "PublicKeyCredential"}}


def scripts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "static" / "js").glob("*.js"))}


def scripts_of_packages() -> dict[str, str]:
    names = [name for name in referenced() if name.endswith(".js") and not name.startswith("js/")]
    return {name: Path(finders.find(name) or "/missing").read_text(encoding="utf-8") for name in names}


def unguarded(script: str) -> list[str]:
    """Uses of what plain HTTP does not have, that do not ask first."""
    for guard in ASKED_FIRST:
        script = guard.sub("", script)
    return SECURE_ONLY.findall(script)


def test_no_button_prints_or_copies_past_the_server():
    """A35: paper and files come from the server and are logged; no page has a button that needs nobody."""
    texts = scripts() | {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")
    }
    assert len(texts) > 100
    found = {name: PAST_THE_SERVER.findall(text) for name, text in texts.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_scripts_ask_before_they_use_what_plain_http_has_not():
    """A55: on an office network without TLS a page still works."""
    found = scripts()
    assert "drafts.js" in found
    assert any(SECURE_ONLY.search(text) for text in found.values())
    assert {name: hits for name, text in found.items() if (hits := unguarded(text))} == {}
    foreign = scripts_of_packages()
    assert {"django_htmx/htmx-2.min.js", "mfa/js/webauthn.js"} <= set(foreign)
    assert {name: set(hits) for name, text in foreign.items() if (hits := unguarded(text))} == ASKED_ELSEWHERE


@pytest.mark.parametrize(
    "code",
    [
        "navigator.clipboard.writeText(x)",
        "button.onclick = () => window.print()",
        "document.execCommand('copy')",
        'document.execCommand("cut")',
        "URL.createObjectURL(new Blob([text]))",
        '<button data-copy="#name">',
        '<a href="data:text/csv,x" download>',
    ],
)
def test_ways_past_the_server_are_seen(code: str):
    assert PAST_THE_SERVER.search(code)


@pytest.mark.parametrize(
    "code", ["const key = crypto.randomUUID();", "navigator.locks.request('x', go)", "await crypto.subtle.digest(a, b)"]
)
def test_what_does_not_ask_is_seen(code: str):
    assert unguarded(code)
    assert not unguarded("const key = crypto.randomUUID ? crypto.randomUUID() : other();")
