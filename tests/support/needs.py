"""What a machine may lack. A test that needs it is skipped with a reason; under FUNDCASE_REQUIRE=1 it fails."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def lacking(what: str, why: str) -> NoReturn:
    """Skip the test for want of something, or fail it where nothing may be skipped."""
    reason = f"needs {what}: {why}"
    if os.environ.get("FUNDCASE_REQUIRE") == "1":
        pytest.fail(f"{reason} (FUNDCASE_REQUIRE=1)", pytrace=False)
    pytest.skip(reason)


def chromium() -> str:
    """The path of an installed Chromium; FUNDCASE_CHROMIUM names another one."""
    named = os.environ.get("FUNDCASE_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else CHROMIUMS)), None)
    return found or lacking("Chromium", "none of " + ", ".join(CHROMIUMS) + " is on the path")
