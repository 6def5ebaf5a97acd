"""An office puts its own layout of a form in place of the standard one."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.enums import FormKind
from cases.models import FormTemplate


class LayoutNotSaved(CaseError):
    pass


def save_layout(
    *, kind: FormKind, body: str, valid_from: dt.date, note: str, by: Actor, at: dt.datetime
) -> FormTemplate:
    """A new version; earlier ones stay. An empty body goes back to the standard layout. Raises LayoutNotSaved."""
    own = FormTemplate.objects.filter(organisation=by.organisation, kind=kind)
    last = own.aggregate(last=Max("version_number"))["last"] or 0
    try:
        with transaction.atomic():
            return FormTemplate.objects.create(
                organisation=by.organisation,
                kind=kind,
                version_number=last + 1,
                body=body,
                valid_from=valid_from,
                note=note,
                created_by=by.user,
            )
    except IntegrityError as error:
        raise LayoutNotSaved(
            "ほかの人が先に新しい版を登録しました。内容を確かめて、もう一度保存してください。"
        ) from error
