"""Consents, referrals, transfers, talks beforehand, the ledger: behind the wall.

A partner with a referral grant reads the referrals to itself; others those whose kinds of facts they may read.
"""

from importlib import import_module

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0003_walls")

# Through the case; as a partner only what came to oneself; facts of a kind only with a grant that includes it.
REFERRED = (
    f"EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = {{table}}.case_id AND {walls.LIVE}"
    f" AND (g.purpose <> 'referral' OR {{table}}.to_organisation_id = {walls.MINE})"
    " AND (g.includes_health OR NOT {table}.includes_health)"
    " AND (g.includes_finance OR NOT {table}.includes_finance)"
    " AND (g.includes_family OR NOT {table}.includes_family))"
)
# An answer is read by who reads the referral.
ANSWERED = "EXISTS (SELECT 1 FROM cases_referral r WHERE r.id = {table}.referral_id)"
# Of the consents a partner reads those that its referrals rest on.
REFERRED_BY = " OR EXISTS (SELECT 1 FROM cases_referral r WHERE r.consent_id = {table}.%s)"
CONSENTED = (
    ("Consent", "id"),
    ("ConsentEvent", "id"),
    ("ConsentRecipient", "consent_id"),
    ("ConsentRecipientEvent", "consent_id"),
)

WITHIN = walls.within(walls.THROUGH_CASE)
# (table, who sees a row, what the application may not do)
WALLED = (
    ("Referral", REFERRED, "DELETE, TRUNCATE"),
    ("ReferralAnswer", ANSWERED, "UPDATE, DELETE, TRUNCATE"),
    ("PreConsultation", WITHIN, "DELETE, TRUNCATE"),
    ("Deferral", WITHIN, "UPDATE, DELETE, TRUNCATE"),
    ("Transfer", WITHIN, "UPDATE, DELETE, TRUNCATE"),
)
SAME = (
    ("ConsentRecipient", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("Referral", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("ReferralAnswer", ("referral_id", "case_id"), "cases_referral", ("id", "case_id")),
    ("PreConsultation", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
    ("Transfer", ("consent_id", "case_id"), "cases_consent", ("id", "case_id")),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_case_records")]

    operations = [
        *(operation for name, using, _taken in WALLED for operation in walls.both(RowSecurity, name, using)),
        *(RowSecurity(name, WITHIN + REFERRED_BY % column) for name, column in CONSENTED),
        *(Restrict(name, taken) for name, _using, taken in WALLED),
        *(Restrict(f"{name}Event", "UPDATE, DELETE, TRUNCATE") for name, _using, _taken in WALLED),
        *walls.kept("Consent", "ConsentRecipient"),
        *(CompositeForeignKey(*row) for row in SAME),
    ]
