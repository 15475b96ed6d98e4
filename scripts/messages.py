"""The catalogues: `messages.py update | compile | check`. Pure Python, so that no gettext tools are needed.

Source strings are English; `fr` holds the French text, `en` only what the source lacks: plurals. What is
compiled has the typography of its language (`veilleur/shared/typography.py`); sources and catalogues do not.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from veilleur.shared.typography import typeset_message

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "veilleur" / "locale"
LANGUAGES = ("fr", "en")
# gettext's names, and the lazy ones; the numbers are the positions of the texts, 'c' that of a context.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# `_(` is how templates write the constants of other tags and filters: {% state "good" _("Printed") %}.
CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext|_)\(")

HEADER = "# Veilleur's words. Source strings are English; `make messages` keeps this file in step with them."

# Lines of the head that tell of dates and people instead of words.
CHANGING = (b'"Project-Id', b'"Report-', b'"POT-', b'"PO-Rev', b'"Last-', b'"Language-Team', b'"Generated')

MessageId = str | tuple[str, ...]


def python_messages() -> Iterator[tuple[str, int, MessageId, str | None]]:
    """Yield (file, line, message, context) of all Python sources."""
    for path in sorted((ROOT / "veilleur").rglob("*.py")):
        if "/migrations/" in str(path) or "/tests/" in str(path):
            continue
        for line, message, _comments, context in extract_from_file("python", str(path), keywords=KEYWORDS):
            yield str(path.relative_to(ROOT)), line, message, context


def template_messages() -> Iterator[tuple[str, int, MessageId, str | None]]:
    """Yield (file, line, message, context) of all templates, by Django's own reading of them."""
    for path in sorted((ROOT / "veilleur").rglob("templates/**/*")):
        if path.suffix not in {".html", ".txt"}:
            continue
        source = templatize(path.read_text())
        for found in CALL.finditer(source):
            texts = _arguments(source, found.end() - 1)
            before = found[1].removesuffix("gettext")
            context = texts.pop(0) if "p" in before else None
            message = tuple(texts[:2]) if "n" in before else texts[0]
            yield str(path.relative_to(ROOT)), source.count("\n", 0, found.start()) + 1, message, context


def _arguments(source: str, opening: int) -> list[str]:
    """Return the literal texts of the call whose bracket opens at `opening`, without a plural's count."""
    for closing in (match.start() for match in re.finditer(r"\)", source[opening:])):
        try:
            call = ast.parse("f" + source[opening : opening + closing + 1], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call):
            return [node.value for node in call.args if isinstance(node, ast.Constant)]
    raise ValueError(f"an unfinished call at {source[opening : opening + 60]!r}")


def extracted() -> Catalog:
    """Return every message of the product, with the places it stands in."""
    catalog = Catalog(project="Veilleur", charset="utf-8")
    for file, _line, message, context in (*python_messages(), *template_messages()):
        catalog.add(message, locations=[(file, 0)], context=context)
    return catalog


def path_of(language: str) -> Path:
    """Return where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """Return the catalogue of a language, empty if there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Veilleur", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Bring both catalogues in step with the sources: new messages empty, gone ones dropped, none guessed."""
    template = extracted()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        for message in catalog if language == "en" else ():
            # English takes its plurals from the source as well, but no catalogue does that by itself.
            message.string = message.id if isinstance(message.id, tuple) else message.string
        # Nothing that changes by itself, so that a difference is always one of words.
        catalog.header_comment = HEADER
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        written = BytesIO()
        write_po(written, catalog, width=110, sort_output=True, include_lineno=False)
        lines = written.getvalue().splitlines(keepends=True)
        path_of(language).write_bytes(b"".join(line for line in lines if not line.startswith(CHANGING)))


def compile_all() -> None:
    """Write the `.mo` files that run time reads."""
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, typeset_catalog(load(language), language))


def typeset_catalog(catalog: Catalog, language: str) -> Catalog:
    """Return the catalogue with its texts typeset; a text that English leaves to its source comes from it."""
    for message in catalog:
        # The first one holds the catalogue's own head.
        if not message.id:
            continue
        text = message.string if language != "en" or all(_texts(message.string)) else message.id
        done = tuple(typeset_message(each, language) for each in _texts(text))
        message.string = done if isinstance(message.id, tuple) else done[0]
    return catalog


def _texts(message: MessageId) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


def problems(language: str, template: Catalog) -> Iterator[str]:
    """Yield what keeps a catalogue from being complete: missing, fuzzy, gone or with other placeholders."""
    catalog = load(language)
    known = {(message.id, message.context) for message in catalog if message.id}
    wanted = {(message.id, message.context) for message in template if message.id}
    yield from (f"{language}: not in the catalogue: {text!r}" for text, _ in sorted(wanted - known, key=str))
    yield from (
        f"{language}: no longer in the sources: {text!r}" for text, _ in sorted(known - wanted, key=str)
    )
    for message in catalog:
        if message.id:
            yield from (f"{language}: {fault}: {message.id!r}" for fault in faults(message, language))


def faults(message: Message, language: str) -> Iterator[str]:
    """Yield the faults of one translation. English may leave a simple text to its source."""
    texts, sources = _texts(message.string), _texts(message.id)
    if message.fuzzy:
        yield "fuzzy"
    if not all(texts):
        if language != "en" or isinstance(message.id, tuple):
            yield "not translated"
        return
    if language == "en" and texts != sources:
        yield "another text than its source"
    allowed = set().union(*(placeholders(source) for source in sources))
    for text in texts:
        if not placeholders(text) <= allowed or placeholders(texts[-1]) < placeholders(sources[-1]):
            yield "other placeholders"


def placeholders(text: str) -> set[str]:
    """Return the named placeholders of a text, `%(name)s` and `{name}`."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))


def check() -> int:
    """Print every problem and return 1 if there is one."""
    template = extracted()
    found = [problem for language in LANGUAGES for problem in problems(language, template)]
    print(*found, sep="\n") if found else print(
        f"{len(template)} messages, complete in {', '.join(LANGUAGES)}"
    )
    return 1 if found else 0


def main() -> int:
    """Run the asked step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("update", "compile", "check"))
    step = parser.parse_args().step
    if not settings.configured:
        settings.configure(USE_I18N=True)
    if step == "check":
        return check()
    update() if step == "update" else compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
