"""Staff: who works here, in which groups and team, and whether a password is theirs."""

from __future__ import annotations

from .enrolment import enrol

__all__ = ["enrol"]
