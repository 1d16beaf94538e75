"""The two languages: which one a request speaks, and the words of each.

Texts are written in English in the code; `translations/zh/LC_MESSAGES/messages.po` holds the Chinese. The catalogue is
read when the process starts, so nobody has to compile anything. Views and templates use Flask-Babel's `gettext`; what
knows no request (forms, sentences, dates) is handed the `Words` of a language.
"""

from __future__ import annotations

from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal, cast

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = ("en", "zh")
TAGS = {"en": "en", "zh": "zh-CN"}  # what stands in <html lang>
NAMES = {"en": "English", "zh": "中文"}
LOCALES = {"en": Locale("en"), "zh": Locale("zh", "CN", "Hans")}
MOST_TEXTS = 5_000  # that are kept ready; there are less in the templates
CATALOGUE = Path(__file__).parent / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


@cache
def catalogue(lang: Lang) -> NullTranslations:
    """The translations into a language, compiled in memory."""
    if lang == "en":
        return NullTranslations()
    with CATALOGUE.open(encoding="utf-8") as file:
        entries = read_po(file, locale=LOCALES[lang])
    compiled = BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return Translations(compiled)


class Words:
    """The words of one language: call it with an English text and what is to be filled in."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._catalogue = catalogue(lang)

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language."""
        found = self._catalogue.gettext(text)
        return found % values if values else found

    def many(self, one: str, more: str, num: int, /, **values: object) -> str:
        """The text for a number of things; the number is `%(num)s`."""
        return self._catalogue.ngettext(one, more, num) % {"num": f"{num:,}", **values}


@cache
def words(lang: Lang) -> Words:
    """The words of a language."""
    return Words(lang)


def noop(text: str) -> str:
    """The text itself, marked for the catalogue; it is translated where it is shown."""
    return text


def current() -> Lang:
    """The language that this request is answered in."""
    return "zh" if (locale := get_locale()) is not None and locale.language == "zh" else "en"


def in_template(text: str, /, **values: object) -> Markup:
    """A text as templates ask for it, a hundred times on a page: it may hold markup, what is filled in may not."""
    if values:
        return _marked(current(), text) % values
    return _plain(current(), text)


@lru_cache(MOST_TEXTS)
def _marked(lang: Lang, text: str) -> Markup:
    return Markup(catalogue(lang).gettext(text))


@lru_cache(MOST_TEXTS)
def _plain(lang: Lang, text: str) -> Markup:
    return _marked(lang, text) % {}


class _Catalogue(Domain):
    """Flask-Babel's door to our catalogues."""

    def get_translations(self) -> NullTranslations:
        return catalogue(current())


def _chosen() -> str | None:
    chosen = request.cookies.get("lang")
    return chosen if chosen in LANGUAGES else None


def _wanted() -> str:
    wanted = _chosen() or g.get("lang") or request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans"]) or "en"
    return str(LOCALES[cast(Lang, wanted[:2])])


def init_app(app: Flask) -> None:
    """Let an application speak both languages."""
    babel = Babel()
    babel.domain_instance = _Catalogue()
    babel.init_app(app, locale_selector=_wanted, default_timezone="Asia/Shanghai")
    app.jinja_env.install_gettext_callables(  # the same catalogues by a shorter way
        gettext=lambda text: catalogue(current()).gettext(text),
        ngettext=lambda one, more, num: catalogue(current()).ngettext(one, more, num),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = in_template  # and by the shortest: that of Jinja calls three functions for each text
