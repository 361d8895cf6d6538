"""`make docs`: the catalogues of translations, kept in step with the English texts in the code.

The English texts are where a code, a kind of finding or a check is defined. They are gathered here into catalogues of
GNU gettext, locale/LANGUAGE/LC_MESSAGES/*.po, for whoever translates, and compiled to *.mo, which Python's own gettext
reads. `--check` writes nothing, and names what is out of date or not translated.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from policies.contact_rules import output
from policies.contact_rules import texts as of_pack
from policies.contact_rules.catalogue import CHECKS, CODES
from scripts.audit import texts as of_audit
from scripts.audit.checks import AUDIT_CHECKS
from scripts.audit.remedies import CHECKS as AUDITED
from scripts.shared.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from babel.messages.catalog import Message

    from policies.contact_rules.check import Described

TRANSLATED: Final = tuple(language for language in of_pack.LANGUAGES if language != "en")
_HEADER: Final = """\
# Translations of aws-contact-baseline.
# Words for AWS's things are those of AWS's console and documentation. Names in braces stay as they are."""


@dataclass(frozen=True)
class Text:
    """An English text to translate."""

    text: str | tuple[str, str]
    """Singular and plural, where there is a number in it."""
    used: str
    """What it is, for the translator."""
    context: str | None = None


def pack_texts() -> Iterator[Text]:
    """What the policy pack says."""
    yield from _of_codes(CODES)
    for check in CHECKS:
        yield from _of_check(check)
        yield Text(check.exception, f"{check.id}, how to except something")
    for name, text in output.WORDS.items():
        yield Text(text, f"a report's words: {name}")
    for text in (of_pack.WITH_DETAIL, of_pack.ABOUT, of_pack.ONE_OF, of_pack.FROM_TO):
        yield Text(text, "how parts are joined")
    yield from _of_words(of_pack.WORDS)


def audit_texts() -> Iterator[Text]:
    """What the audit says beside that."""
    for check in AUDIT_CHECKS.values():
        yield from _of_codes(check.codes)
    for check in AUDITED.values():
        yield from _of_check(check)
    for name, text in of_audit.VERDICTS.items():
        yield Text(text, f"verdict: {name}")
    for numbered in of_audit.NUMBERED:
        yield Text(numbered, "a number")
    for name, text in of_audit.WORDS.items():
        yield Text(text, f"the page's words: {name}")
    yield from _of_words(of_audit.WORDS_OF_PARAMETERS)


def _of_codes(codes: Mapping[str, str]) -> Iterator[Text]:
    return (Text(text, f"code {code}") for code, text in codes.items())


def _of_words(words: Mapping[str, Iterable[str]]) -> Iterator[Text]:
    return (Text(word, f"a value of {name}", name) for name, values in words.items() for word in values)


def _of_check(check: Described) -> Iterator[Text]:
    yield Text(check.name, f"{check.id}, name")
    yield Text(check.why, f"{check.id}, why")
    for name, kind in check.kinds.items():
        for part, text in (("title", kind.title), ("lead", kind.lead), ("why", kind.why), ("fix", kind.fix)):
            if text and text != "{reason}":
                yield Text(text, f"{check.id} {name}, {part}")


def outdated() -> dict[Path, bytes]:
    """The files that differ from what the code says, with what they should hold."""
    pack = list(pack_texts())
    ours = {(item.text, item.context) for item in pack}
    audit = [item for item in audit_texts() if (item.text, item.context) not in ours]
    wanted: dict[Path, bytes] = {}
    for language in TRANSLATED:
        for module, texts in ((of_pack, pack), (of_audit, audit)):
            folder = module.LOCALE / language / "LC_MESSAGES"
            wanted |= _files(folder / f"{module.DOMAIN}.po", language, texts)
    return {path: content for path, content in wanted.items() if not path.exists() or path.read_bytes() != content}


def _files(path: Path, language: str, texts: Iterable[Text]) -> dict[Path, bytes]:
    known = _read(path, language) if path.exists() else Catalog(language)
    uses: dict[tuple[str | tuple[str, str], str | None], list[str]] = defaultdict(list)
    for item in texts:
        uses[item.text, item.context].append(item.used)
    catalog = _Catalog(language, header_comment=_HEADER, fuzzy=False)
    for (text, context), used in uses.items():
        said = known.get(text, context)
        catalog.add(text, said.string if said else None, context=context, auto_comments=used[:3])
    source, compiled = io.BytesIO(), io.BytesIO()
    write_po(source, catalog, width=100)
    write_mo(compiled, catalog)
    return {path: source.getvalue(), path.with_suffix(".mo"): compiled.getvalue()}


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


class _Catalog(Catalog):
    """Without headers that change with the day and the version of Babel: git knows who changed what, and when."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs."""
        kept = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
        return [(name, value) for name, value in super().mime_headers if name in kept]


def untranslated() -> list[str]:
    """The texts that a catalogue has no translation of, each with the file."""
    missing = []
    for language in TRANSLATED:
        for module in (of_pack, of_audit):
            path = module.LOCALE / language / "LC_MESSAGES" / f"{module.DOMAIN}.po"
            catalog = _read(path, language)
            missing += [f"{path.name}:{item.lineno}: {item.id!r}" for item in catalog if item.id and not _said(item)]
    return missing


def _said(item: Message) -> bool:
    return all(item.string) if isinstance(item.string, tuple) else bool(item.string)


def main(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a catalogue is out of date.")
    ] = False,
) -> None:
    """Write the catalogues anew, or say which are out of date."""
    differing = outdated()
    for path, content in differing.items():
        name = str(path.relative_to(ROOT))
        if check:
            typer.echo(f"{name} is out of date: run `make docs`", err=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            typer.echo(f"wrote {name}")
    missing = [] if check and differing else untranslated()
    for line in missing:
        typer.echo(f"not translated: {line}", err=True)
    if check and (differing or missing):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
