"""The report in a real browser: what a reader sees, with hostile data, without JavaScript, on a phone, on paper."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

import botocore.session
import pytest
from playwright.sync_api import expect, sync_playwright
from ruamel.yaml import YAML

from cdktf_app.contacts.directory import load_directory
from policies.contact_rules.findings import Finding, Message
from policies.contact_rules.texts import LANGUAGES
from scripts.audit import remedies, texts
from scripts.audit.checks import AUDIT_CHECKS
from scripts.audit.page import render
from tests.scripts import audits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, Request

JAPANESE: Final = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
SHOP: Final = "444444444401"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no browser on PATH; name one in CHROMIUM")
        pytest.skip(f"none of {', '.join(names)} is on PATH, and CHROMIUM names no browser")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        expect.set_options(timeout=30_000)  # as long as everything else may take on a busy machine
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    pages = {}
    for name, audit in {"example": EXAMPLE, "hostile": HOSTILE}.items():
        pages[name] = folder / f"{name}.html"
        pages[name].write_text(render(audit), encoding="utf-8")
    return pages


EXAMPLE: Final = audits.example()
HOSTILE: Final = audits.hostile()


def said(finding: dict[str, Any]) -> tuple[str, str, str]:
    """Title, why and fix of a finding in English, as the page should have them."""
    found = Finding(finding["check"], finding["code"], finding["kind"], finding["parameters"])
    say = texts.texts("en")
    return say.title(found), say.why(found).replace("`", ""), say.fix(found).replace("`", "")


@contextmanager
def opened(browser: Browser, file: Path, hash_: str = "", **options: Any) -> Iterator[Page]:
    """The page; fails if it asks for anything, says anything on the console or opens a dialog."""
    options = {
        "locale": "en-GB",
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
        **options,
    }
    context = browser.new_context(**options)
    page = context.new_page()
    trouble: list[str] = []

    def refuse(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def note(request: Request) -> None:
        if not request.url.startswith((file.as_uri(), "data:")):
            trouble.append(f"request: {request.url}")

    page.on("console", lambda message: trouble.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", refuse)
    page.on("request", note)
    page.goto(file.as_uri() + hash_)
    yield page
    page.wait_for_timeout(20)
    context.close()
    assert trouble == []


def shown_rows(page: Page, within: str = ".kind") -> list[str]:
    """The ids of the accounts in the rows that are not filtered out, in their order."""
    return page.eval_on_selector_all(  # type: ignore[no-any-return]
        f"{within} tbody tr",
        "rows => rows.filter(row => !row.hidden && !row.closest('[hidden]'))"
        ".map(row => row.querySelector('th code')?.textContent ?? '')",
    )


# ------------------------------------------------------------------------------------------------- what is on the page


def test_every_finding_is_there_with_what_value_why_fix_and_controls(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"], java_script_enabled=False) as page:
        groups = page.locator(".kind").all_text_contents()
        rows = page.locator(".kind tbody tr").all_text_contents()
        listed = page.locator("#accounts tbody tr").count()
    assert len(rows) == len(EXAMPLE["findings"]) > 30
    assert listed == len(EXAMPLE["accounts"])
    for finding in EXAMPLE["findings"]:
        title, why, fix = said(finding)
        content = " ".join(group for group in groups if title in group and finding["check"] in group)
        account = finding["account_id"] or "(no single account)"
        assert any(account in row and (finding["value"] or "") in row for row in rows)
        assert account in content
        assert why in content
        assert finding["reason"] in content or finding["code"] == "missing-contact"
        assert fix.splitlines()[0] in content
        assert all(mapping in content for mapping in finding["mappings"])
        assert finding["guideline"] in content


def test_the_verdict_and_what_could_not_be_read_stand_first(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        first_screen = page.locator(".verdict").inner_text()
        assert "8 of 13 accounts failed, 2 could not be read completely." in first_screen
        assert "does not count as passed" in first_screen
        assert re.search(r"2\s+Could not be read\s+1 of these failed, too", first_screen)
        assert "Oldest answer\n2026-11-22 01:12 UTC\n7 minutes old" in first_screen
        boxes = [page.locator(f".tiles .{name} b").bounding_box() for name in ("failed", "unread")]
        assert boxes[0]
        assert boxes[1]
        assert boxes[0]["height"] == boxes[1]["height"]
        assert page.locator(".first > li").first.inner_text().splitlines()[0] in ("log-archive", "acquired-store")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "Passed"),
        ({"passed": False}, "Failed"),
        ({"complete": False}, "Not complete"),
        ({"counts": {"unread": 1}}, "Not complete"),
        ({"counts": {"failed": 1}}, "Failed"),
    ],
)
def test_nothing_but_a_whole_pass_looks_like_one(change: dict[str, Any], status: str) -> None:
    fine = audits.audited([], compared=False)
    fine["counts"].update({"accounts": 1, "passed": 1} | change.pop("counts", {}))
    html = render({**fine, "passed": True, "complete": True, **change})
    assert f'<span lang="en">{status}</span>' in html.partition("<h1>")[0].rpartition('class="verdict"')[2]


def test_another_version_of_the_document_is_refused() -> None:
    with pytest.raises(ValueError, match="version 1, not 2"):
        render({**EXAMPLE, "version": 2})


def test_coverage_adds_up_and_never_speaks_by_colour_alone(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        total = page.locator(".coverage tr.total td.c-security")
        assert re.sub(r"\s+", " ", total.inner_text()) == "8 set 3 missing 2 unread"
        assert total.locator("rect.hatch").count() == total.locator("rect.dots").count() == 1
        marks = page.eval_on_selector_all(
            ".mark", "marks => marks.map(mark => getComputedStyle(mark, '::before').content)"
        )
        assert "none" not in marks
        assert len(set(marks)) >= 7


# --------------------------------------------------------------------------------------------------------- hostile text


@pytest.mark.parametrize("script", [True, False])
def test_hostile_text_is_only_text(browser: Browser, files: dict[str, Path], script: bool) -> None:
    with opened(browser, files["hostile"], java_script_enabled=script) as page:
        names = page.locator("#accounts tbody th b").all_text_contents()
        for text in audits.HOSTILE:
            visible = re.sub("[\u0000-\u001f\u202e\u2066\u200b]", lambda found: f"U+{ord(found[0]):04X}", text)
            assert visible in names
        assert page.locator("main img, main script, main svg[onload], main [onmouseover], main style").count() == 0
        assert page.locator("a[href^='javascript:'], a[href*='evil']").count() == 0
        if script:
            page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
            page.locator("[name=q]").fill("<script>")
            page.locator("[name=sort]").evaluate(
                "select => { select.value = 'account.asc'; select.dispatchEvent(new Event('change')); }"
            )
            expect(page.locator("#accounts tbody tr:not([hidden])")).to_have_count(1)
            options = page.locator("[name=ou] option").all_text_contents()
            assert f"Evil/{audits.HOSTILE[0]}" in options
            assert page.evaluate("window.pwned") is None
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if script else True


def test_the_page_names_nothing_outside_and_allows_nothing_inside(files: dict[str, Path]) -> None:
    for file in files.values():
        html = file.read_text(encoding="utf-8")
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
        assert policy
        assert "default-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]
        assert not re.search(
            r"<(?:link|img|iframe|object|embed|video|audio|form)\b[^>]*(?:src|href|action)=.?http", html
        )
        assert not re.search(r"<[a-z][^<>]*\s(?:style|on[a-z]+)=", html.partition("<body>")[2].partition("<script")[0])
        assert set(re.findall(r'href="(https?://[^/"]+)', html)) <= {
            "https://docs.aws.amazon.com",
            "https://www.rfc-editor.org",
        }


def test_the_policy_stops_what_would_slip_in(browser: Browser, files: dict[str, Path], tmp_path: Path) -> None:
    file = tmp_path / "broken.html"
    evil = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"
    file.write_text(files["example"].read_text(encoding="utf-8").replace("<main", f"{evil}<main", 1), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("window.pwned") is None
    page.close()


# ------------------------------------------------------------------------------------------------------ filter and sort


def test_filters_narrow_findings_and_accounts_and_their_counts(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        everything = len(EXAMPLE["findings"])
        page.get_by_label("Search").fill("PAYMENTS-PROD")
        expect(page.locator("output")).not_to_be_empty()
        assert set(shown_rows(page)) == set(shown_rows(page, "#accounts")) == {"444444444402"}
        shown = len(shown_rows(page))
        assert page.locator("output").inner_text() == f"{shown} of {everything} findings, 1 of 14 accounts"
        assert page.locator("#accounts h2").inner_text() == "Accounts 1 / 14"
        page.get_by_role("button", name="Clear").click()
        assert len(shown_rows(page)) == everything

        page.get_by_label("Severity").select_option(label="High")
        read = [item for item in EXAMPLE["findings"] if item["check"] != "AUDIT_UNREAD"]
        high = [item for item in read if (item["severity"], item["level"]) == ("HIGH", "failure")]
        assert len(shown_rows(page)) == len(high) == EXAMPLE["counts"]["high"]
        page.get_by_label("Severity").select_option("")
        page.get_by_label("Organizational unit").select_option(label="Workloads/Prod")
        assert set(shown_rows(page, "#accounts")) == {
            account["id"] for account in EXAMPLE["accounts"] if account["ou_path"].startswith("Workloads/Prod")
        }
        page.get_by_label("Check").select_option("CKV_CONTACT_7")
        assert shown_rows(page) == ["444444444401"]
        page.get_by_role("button", name="Clear").click()
        page.locator("[name=result]").select_option(label="Could not be read")
        assert shown_rows(page, "#accounts") == ["333333333301"]
        page.get_by_label("Search").fill("nothing like this")
        page.locator("#none").wait_for()
        assert shown_rows(page) == shown_rows(page, "#accounts") == []


def test_the_link_keeps_filter_order_and_language(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        page.locator(".tiles .unread a").click()
        assert set(shown_rows(page)) == {"333333333301", "555555555502"}
        page.locator(".coverage a", has_text="Infrastructure/Network").click()
        page.locator("label", has_text="日本語").click()
        page.locator("#accounts thead button").first.click()
        link = page.url.partition(".html")[2]
    with opened(browser, files["example"], link) as page:
        assert set(shown_rows(page)) == {"333333333301"}
        assert page.locator("html").get_attribute("lang") == "ja"
        assert page.locator("#accounts th[data-c=account]").get_attribute("aria-sort") == "ascending"
    with opened(browser, files["example"], "#severity=%3Cb%3E&sort=evil.asc&ou=nowhere&lang=xx") as page:
        assert len(shown_rows(page)) == len(EXAMPLE["findings"])


def test_headings_sort_by_mouse_and_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        heading = page.locator("#accounts th[data-c=account]")
        names = page.locator("#accounts tbody th b")
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == "ascending"
        ascending = names.all_text_contents()
        assert ascending[0] == "acquired-store"
        assert ascending[:-1] == sorted(ascending[:-1])
        page.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == "descending"
        assert names.all_text_contents() == ascending[::-1]
        page.locator("#accounts th[data-c=security] button").focus()
        page.keyboard.press("Space")
        states = page.eval_on_selector_all("#accounts td.c-security", "cells => cells.map(cell => cell.dataset.s)")
        assert states == sorted(states, key=["missing", "unread", "set"].index)
        assert page.locator("#accounts th[aria-sort]").count() == 1


def test_a_fix_is_copied_for_the_accounts_shown(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"], permissions=["clipboard-read", "clipboard-write"]) as page:
        group = page.locator("#ckv-contact-1-missing-security-high")
        group.get_by_text("How to fix it").click()
        group.get_by_role("button", name="Copy for the accounts shown").click()
        lines = page.evaluate("navigator.clipboard.readText()").splitlines()
        ids = set(shown_rows(page, "#ckv-contact-1-missing-security-high"))
        assert {re.search(r"--account-id (\d{12}) ", line)[1] for line in lines} == ids  # type: ignore[index]
        assert len(lines) == len(ids) == 3


# -------------------------------------------------------------------------------------- languages, phone, paper, access


def test_both_languages_are_whole_and_switch_without_a_script(browser: Browser, files: dict[str, Path]) -> None:
    english = (
        "Security Operations|Accounting|Platform|Application|Incident|Taro|[Tt]itle|[Nn]ame|[Pp]hone|E メール|日本語"
    )
    with opened(browser, files["example"], java_script_enabled=False) as page:
        assert not JAPANESE.search(page.locator("main").inner_text().replace("新規事業-検証", ""))
        page.locator("label", has_text="日本語").click()
        for heading in page.locator("h1, h2, h3, thead th:visible").all_inner_texts():
            assert heading in ("", "OU") or JAPANESE.search(heading), heading
        reasons = page.locator(".kind .same, .kind td.c-seen:visible").all_inner_texts()
        assert len(reasons) > 5
        for reason in reasons:
            assert JAPANESE.search(re.sub(english, "", reason)), reason
    with opened(browser, files["example"], locale="ja-JP") as page:
        assert page.locator("html").get_attribute("lang") == "ja"
        assert page.title().startswith("AWS 連絡先監査レポート")
        assert "13 アカウント中 8 件が不合格" in page.locator("h1").inner_text().replace("\xa0", " ")
        assert page.get_by_label("重要度").locator("option").all_text_contents()[:3] == ["すべて", "高", "中"]
        page.locator("label", has_text="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator(".first").evaluate("list => getComputedStyle(list).display") == "grid"


@pytest.mark.parametrize(("name", "locale"), [("example", "en-GB"), ("hostile", "ja-JP")])
def test_a_phone_never_scrolls_sideways(browser: Browser, files: dict[str, Path], name: str, locale: str) -> None:
    with opened(browser, files[name], viewport={"width": 360, "height": 740}, locale=locale) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        label = page.locator("#accounts td.c-billing").first
        assert label.evaluate("cell => getComputedStyle(cell, '::before').content") in ('"Billing"', '"請求"')
        assert label.evaluate("cell => getComputedStyle(cell).display") == "grid"
        assert page.get_by_label("Sort by" if locale == "en-GB" else "並べ替え").is_visible()


def test_it_prints_everything_but_the_controls(browser: Browser, files: dict[str, Path], tmp_path: Path) -> None:
    with opened(browser, files["example"], "#ou=Sandbox", color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator("form, .bar, .tools").filter(visible=True).count()
        assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator(".kind:visible thead").first.evaluate("head => getComputedStyle(head).display") == (
            "table-header-group"
        )
        assert page.locator(".kind:visible tr").first.evaluate("row => getComputedStyle(row).breakInside") == "avoid"
        assert page.locator(".kind:visible .code").first.is_visible()
        assert page.locator("#filtered").inner_text().endswith("Sandbox")
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} <= {(595, 842), (596, 842)}


def test_assistive_technology_finds_its_way(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["example"]) as page:
        assert page.locator("h1").count() == 1
        levels = page.eval_on_selector_all("h1, h2, h3, h4", "list => list.map(item => Number(item.tagName[1]))")
        assert all(after - before <= 1 for before, after in pairwise(levels))
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll('form :is(input, select, button), .code button, th button, a')]
              .filter(item => !(item.labels?.[0] ?? item).textContent.trim()).map(item => item.outerHTML)"""
        )
        assert unnamed == []
        ids = page.eval_on_selector_all("[id]", "items => items.map(item => item.id)")
        assert len(ids) == len(set(ids))
        assert page.locator("th:not([scope])").count() == 0
        assert page.locator("svg:not([aria-hidden=true])").count() == 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "vh skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "findings"


def test_text_has_contrast_in_light_in_dark_and_on_paper() -> None:
    html = render(EXAMPLE)
    palettes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", html, re.DOTALL)
        if "--ink: #" in block
    ]
    assert len(palettes) == 2
    for colours, paper in (
        (palettes[0], "paper"),
        (palettes[0], "well"),
        (palettes[1], "paper"),
        (palettes[1], "well"),
    ):
        for name in ("ink", "soft", "link", "good", "bad", "warn", "unknown", "idle"):
            assert _contrast(colours[name], colours[paper]) >= 4.5, (name, paper, colours)


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""

    def luminance(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# ------------------------------------------------------------------------------------------------------------- size


def test_a_thousand_accounts_stay_small_and_quick(browser: Browser, tmp_path: Path) -> None:
    audit = audits.many(1000)
    assert len(audit["findings"]) > 3000
    file = tmp_path / "large.html"
    file.write_text(render(audit), encoding="utf-8")
    assert file.stat().st_size < 3_500_000
    with opened(browser, file) as page:
        page.get_by_label("Search").fill("shop-prod-00040")
        expect(page.locator("#accounts tbody tr:not([hidden])")).to_have_count(1)
        assert set(shown_rows(page)) == {"100000000040"}


# ------------------------------------------------------------------------------------------------------------- texts


def test_every_kind_of_finding_has_its_text_in_both_languages() -> None:
    english, japanese = (texts.texts(language) for language in LANGUAGES)
    for check_id, kind in kinds():
        found = Finding(check_id, "", kind, EVERYTHING)
        assert not JAPANESE.search("".join((english.title(found), english.why(found), english.fix(found))))
        assert JAPANESE.search(japanese.title(found))
        assert JAPANESE.search(japanese.why(found))
        assert english.fix(found)
        assert JAPANESE.search(japanese.fix(found))
        copied = [[part for copied, part in say.steps(found) if copied] for say in (english, japanese)]
        assert copied[0] == copied[1]


def kinds() -> list[tuple[str, str]]:
    """Every kind of finding of which the audit has a fix of its own."""
    own = {check_id: set(found) for check_id, found in remedies._KINDS.items()}
    own |= {check_id: set(check.kinds) for check_id, check in AUDIT_CHECKS.items()}
    seen = {(item["check"], item["kind"]) for item in (*EXAMPLE["findings"], *HOSTILE["findings"])}
    every = {(check_id, kind) for check_id, found in own.items() for kind in found}
    assert seen <= every
    return sorted(every)


EVERYTHING: Final = {"reference": "", "provider": "", "old": "", "new": ""}
"""Parameters of some kinds' fixes."""


def _snippets() -> Iterator[str]:
    """What the fixes give to copy: commands, and lines of contacts.yaml."""
    for check_id, kind in kinds():
        for contact_type in (None, "SECURITY", "OPERATIONS", "BILLING"):
            for management in (False, True):
                found = Finding(
                    check_id, "", kind, EVERYTHING, contact_type=contact_type, account_id=SHOP, is_management=management
                )
                yield from (part for copied, part in texts.texts("en").steps(found) if copied)


def test_the_lines_for_contacts_yaml_are_taken_by_it(tmp_path: Path) -> None:
    taken = set()
    for snippet in _snippets():
        filled = snippet.replace("YOUR-DOMAIN", "corp.example").replace("YYYY-MM-DD", "2026-10-01")
        filled = filled.replace("ADDRESS", "aws@corp.example").replace("+…", "+44 20 7946 0110")
        found = YAML(typ="safe").load(filled) if re.match("(?:contacts|mail|notifications|review):", snippet) else {}
        file = tmp_path / "contacts.yaml"
        whole = {
            "organization": {"management_account": "111111111111", "home_region": "us-east-1"},
            "contacts": {"defaults": {"security": audits.contact("aws@corp.example")}},
            **found,
        }
        file.write_text(json.dumps(whole), encoding="utf-8")
        load_directory(file)
        taken |= set(found)
    assert taken == {"contacts", "mail", "notifications", "review"}


def test_the_commands_are_those_of_the_aws_cli() -> None:
    seen = set()
    for line in (line for snippet in _snippets() for line in snippet.splitlines()):
        found = re.match(r"aws (\S+) (\S+)(.*)", line)
        if not found:
            continue
        model = botocore.session.Session().get_service_model(found[1])
        operations = {
            re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower(): name
            for name in model.operation_names
        }
        shape = model.operation_model(operations[found[2]]).input_shape
        options = {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower() for name in (shape.members if shape else {})}
        assert set(re.findall(r"--([a-z-]+)", found[3])) <= options | {"region", "cli-input-json"}, line
        seen.add(found[2])
    assert len(seen) >= 9


def test_the_management_account_passes_no_id_of_its_own() -> None:
    found = Finding("CKV_CONTACT_1", "missing-contact", "missing-security", contact_type="SECURITY", account_id=SHOP)
    assert f"--account-id {SHOP} --alternate" in texts.texts("en").fix(found)
    own = replace(found, is_management=True)
    assert "put-alternate-contact --alternate-contact-type SECURITY" in texts.texts("en").fix(own)
    assert "--account-id ACCOUNT_ID" in texts.texts("ja").fix(replace(found, account_id=None))


def test_the_root_email_of_the_management_account_is_changed_in_the_console() -> None:
    fix = texts.texts("en").fix(Finding("CKV_CONTACT_2", "personal-name", "personal-management", is_management=True))
    assert "console" in fix
    assert "start-primary-email-update" not in fix
    others = texts.texts("en").fix(Finding("CKV_CONTACT_2", "personal-name", "personal-existing", account_id=SHOP))
    assert "make root-email" in others
    assert f"start-primary-email-update --account-id {SHOP}" in others


def test_every_reason_on_the_page_is_said_in_japanese(files: dict[str, Path]) -> None:
    for item in (*EXAMPLE["findings"], *HOSTILE["findings"]):
        found = Finding(
            item["check"],
            item["code"],
            item["kind"],
            item["parameters"],
            tuple(Message(detail["code"], detail["parameters"]) for detail in item["details"]),
            contact_type=item["contact_type"],
        )
        assert texts.texts("en").reason(found) == item["reason"]
        for message in (Message(found.code, found.parameters), *found.details):
            named = {name for _, name, _, _ in Formatter().parse(texts.texts("en").codes[message.code]) if name}
            fields = {"contact_type"} - set(message.parameters)
            assert named - fields == set(message.parameters) - {"region", "reference", "provider"}, message
        assert JAPANESE.search(texts.texts("ja").reason(found))
    assert files


def test_what_could_not_be_read_is_no_severe_finding() -> None:
    assert EXAMPLE["counts"]["unread_parts"] == 5
    failures = [item for item in EXAMPLE["findings"] if item["level"] == "failure" and item["check"] != "AUDIT_UNREAD"]
    assert EXAMPLE["counts"]["findings"] == len(failures)
    html = render(EXAMPLE)
    assert 'data-severity="UNREAD" data-check="AUDIT_UNREAD"' in html
    assert 'data-severity="HIGH" data-check="AUDIT_UNREAD"' not in html


def test_a_contact_that_need_not_be_there_is_not_missing() -> None:
    row = next(row for row in EXAMPLE["accounts"] if row["name"] == "sandbox-platform")
    assert row["operations"] == "exempt"
    assert render(EXAMPLE).count('data-s="exempt"') == sum(
        row[kind] == "exempt" for row in EXAMPLE["accounts"] for kind in ("operations", "billing")
    )
