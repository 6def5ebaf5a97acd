"""The entries of the main navigation and who gets them (screens.md: at most seven)."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import Permission


@dataclass(frozen=True)
class Entry:
    """A navigation entry: label, URL name, the permission that shows it (None: everybody) and the one that hides it.

    What is hidden from a role stands on a page where it belongs: referrals beside the list of cases, the access
    log on the manager's first screen.
    """

    label: str
    url_name: str
    permission: Permission | None = None
    unless: Permission | None = None


ENTRIES = (
    Entry("今日", "today"),
    Entry("ケース", "case_list", Permission.VIEW_CASES),
    Entry("予約", "appointment_list", Permission.VIEW_CASES),
    Entry("会議", "meeting_list", Permission.LOG_INTERVIEW),
    Entry("つなぎ", "referral_list", Permission.VIEW_REFERRALS, unless=Permission.VIEW_CASES),
    Entry("事業所・求人", "employer_list", Permission.VIEW_EMPLOYERS),
    Entry("協定・計画", "agreement_list", Permission.VIEW_AGREEMENTS),
    Entry("報告", "report_list", Permission.VIEW_REPORTS),
    Entry("ログインの記録", "access_log", Permission.REVIEW_LOGINS, unless=Permission.VIEW_CASES),
    Entry("利用者", "account_list", Permission.MANAGE_ACCOUNTS),
    Entry("機関", "organisation_list", Permission.MANAGE_ACCOUNTS),
)


def entries_for(permissions: frozenset[Permission]) -> list[Entry]:
    return [
        entry
        for entry in ENTRIES
        if (entry.permission is None or entry.permission in permissions) and entry.unless not in permissions
    ]
