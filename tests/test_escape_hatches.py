"""Ways round Django's protections, looked for in every module and template (security.md A61).

What public rule sets for Django ask (unescaped output, CSRF switched off, raw SQL, open redirects, unsafe
loading, a shell), beside bandit and ruff's S rules. An exception is written here with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.servers import ROOT

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
