"""What stands on a page in each language: labels as the forms and the catalogue give them, and what was left untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from playwright.sync_api import Page

from webapp.language import Words

# Every text of the page, shown or not, and every attribute that is read out; what names its own language is left out.
TEXTS = """() => {
  const own = element => element.closest('script, style, noscript, kbd, code, .id, .hash, [translate="no"]')
    || (element.closest('[lang]') && element.closest('[lang]') !== document.documentElement);
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!own(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt], [label]'))
    if (!own(element))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'label'])
        if (element.hasAttribute(name)) found.push(element.getAttribute(name));
  return found.map(text => text.trim()).filter(Boolean);
}"""

# What is read out or shown under the pointer within a place, also where the words of people stand.
TIPS = """within => [...document.querySelector(within).querySelectorAll('[aria-label], [title], [placeholder]')].flatMap(
  element => ['aria-label', 'title', 'placeholder'].map(name => element.getAttribute(name)).filter(Boolean))"""

# What is written in Latin letters in Chinese too: our name, numbers of cases and customers, classes, units, file types.
LATIN = (
    r"Fundcase",
    r"\b(INQ|CMP|REC|RAS|TRD|CBK|SVY|FBK|FBA)\b(-\d{8}-\d{6})?",
    r"C\d{6}",
    r"\b[CR][1-5]\b",
    r"T\+\d?",
    r"\bCNY\b",
    r"SHA-256",
    r"FOF(-Y)?|QDII|ETF",
    r"\b(ID_CARD|PASSPORT|USCC)\b",
    r"\b(zip|MB|BPMN|DMN|JSON)\b",
    r"[\w.+*-]+@[\w.-]+",
    r"[\w./-]+\.(bpmn|dmn|json)",
)
# Codes that decision tables give, quoted by the sentences about them: classes, desks, groups, terms, keys of processes.
CODES = (
    r"\bREG-\d+\w?\b",
    r"\b(csr|csl|chs|pm|co|ops|aml|exec|dpo|gm|trn|qa|inquiry|complaint|recommendation|fund-\w+)\b",
    r"\b\d+ (BD|ND|bh|h24)\b",
    r"（\w+）",  # the identifier of an element or flow, after its words
    r"\b[A-Z][A-Z0-9]+(_[A-Z0-9]+)*\b",  # what is written in capitals is a code
)
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
HAN = re.compile(r"[\u4e00-\u9fff]+")


def labelled(schema: Mapping[str, Any], lang: str, key: str = "title") -> str:
    """What a part of a form is called in a language."""
    translated = schema.get("x-i18n", {}).get("zh", {}) if lang == "zh" else {}
    return str(translated.get(key) or schema.get(key, ""))


def exactly(label: str, words: Words) -> re.Pattern[str]:
    """A label as it stands in front of a control, which may add that the field is optional."""
    optional = re.escape(words("(optional)"))
    return re.compile(rf"^\s*{re.escape(label)}\s*({optional})?\s*$")


def begins(label: str) -> re.Pattern[str]:
    """The name of a control that begins with this label; a hint or a key may follow."""
    return re.compile(rf"^\s*{re.escape(label)}")


QUOTED = "「[^」]*」"  # what a parser of XML, JSON or FEEL says, quoted as it says it
SIZE = r"\d+ ?[KM]B"


def left_over(page: Page, lang: str, but: Iterable[str] = ()) -> list[str]:
    """The texts of a page that are not in its language, without what is no word of ours and what `but` names."""
    texts = page.evaluate(TEXTS)
    if lang == "en":
        return [text for text in texts if HAN.search(_without(text, map(re.escape, but)))]
    allowed = [QUOTED, SIZE, *LATIN, *CODES, *map(re.escape, but)]
    return [text for text in texts if WORD.search(_without(text, allowed))]


def tips_left(page: Page, within: str, but: Iterable[str] = ()) -> list[str]:
    """The tooltips and names for those who hear a Chinese page that are not Chinese, without what `but` names."""
    return sorted({tip for tip in page.evaluate(TIPS, within) if WORD.search(_without(tip, map(re.escape, but)))})


def _without(text: str, patterns: Iterable[str]) -> str:
    for pattern in patterns:
        text = re.sub(pattern, " ", text, flags=re.ASCII)  # between a Chinese sign and a Latin letter a word begins
    return text
