"""Bookings with free times, desks and repetition; weekly slots; which mails to get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Membership, User
from accounts.scope import Actor
from agreements.models import Site
from cases.actions.contact import NextAppointment
from cases.enums import ContactMethod
from cases.forms.contact import WORKERS
from cases.forms.person import choices
from cases.forms.support import members
from cases.models import Appointment, NoticeSetting, WorkerSlot
from core.forms import (
    JapaneseDateField,
    JapaneseDateTimeField,
    JapaneseForm,
    JapaneseModelForm,
    JapaneseTimeField,
    NumberField,
    VersionedModelForm,
)
from core.periods import now, today
from core.templatetags.ui import clock, shortdate

Free = Sequence[tuple[dt.datetime, WorkerSlot]]
SLOT_FIELDS = ("worker", "site", "weekday", "start_time", "end_time", "valid_from", "valid_to", "note")


class AppointmentForm(JapaneseForm):
    """When, with whom and where to meet: one of the free times, or any other."""

    suggestion = forms.ChoiceField(label="空いている時間", required=False, widget=forms.RadioSelect)
    starts_at = JapaneseDateTimeField(label="ほかの日時", required=False)
    worker = forms.ModelChoiceField(User.objects.none(), label="会う人")
    method = forms.ChoiceField(choices=ContactMethod, label="方法")
    minutes = NumberField(label="所要時間(分)", initial=60, min_value=5, max_value=480)
    spot = forms.ChoiceField(label="窓口・席", required=False)
    place = forms.CharField(
        label="窓口でないときの場所", max_length=100, required=False, help_text="予約票に印刷します。"
    )
    bring = forms.CharField(
        label="持ち物", max_length=200, required=False, help_text="予約票に印刷します。例: 履歴書、筆記用具"
    )
    note = forms.CharField(label="用件", max_length=200, required=False, help_text="予約票には印刷しません。")
    is_group = forms.BooleanField(label="セミナーなど、同じ時間に何人かと会う", required=False)
    every = forms.ChoiceField(label="くり返し", required=False, choices=[("", "しない"), ("1", "毎週"), ("2", "隔週")])
    count = NumberField(
        label="くり返しの回数",
        unit="回",
        required=False,
        min_value=2,
        max_value=26,
        help_text="1回目を含みます。祝日は飛ばします。",
    )

    def __init__(self, *args: Any, actor: Actor, sites: list[Site], free: Free, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = {f"{start:%Y%m%d%H%M}": (start, slot) for start, slot in free}
        self.sites = sites
        choices(self, "worker").queryset = members(actor.organisation_ids, WORKERS)
        self.fields["worker"].initial = actor.user
        suggestion, spot = self.fields["suggestion"], self.fields["spot"]
        assert isinstance(suggestion, forms.ChoiceField) and isinstance(spot, forms.ChoiceField)  # noqa: S101
        if free:
            times = [
                (value, f"{shortdate(start)} {clock(start)}〜{f' {slot.site}' if slot.site else ''}")
                for value, (start, slot) in self.free.items()
            ]
            suggestion.choices = [*times, ("", "ほかの日時にする")]
            suggestion.error_messages["invalid_choice"] = (
                "選んだ時間は、いまは空いていません。空いている時間から選び直してください。"
            )
        else:
            del self.fields["suggestion"]
            self.fields["starts_at"].label = "日時"
        spot.choices = [("", "決めない"), *self._spots()]

    def _spots(self) -> list[tuple[str, str]]:
        spots = []
        for site in self.sites:
            spots.append((f"s{site.pk}", f"{site}(席は決めない)"))
            spots += [(f"d{desk.pk}", f"{site} {desk.name}") for desk in site.desks.all()]
        return spots

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("suggestion")
        if chosen and cleaned.get("starts_at"):
            self.add_error("starts_at", "空いている時間を選んだときは、ほかの日時を空にしてください。")
        elif chosen:
            cleaned["starts_at"] = self.free[chosen][0]
        elif not cleaned.get("starts_at") and "starts_at" not in self.errors and "suggestion" not in self.errors:
            what = "空いている時間から選ぶか、ほかの日時を" if self.free else "日時を"
            self.add_error("starts_at", f"{what}入力してください。")
        if cleaned.get("starts_at") and cleaned["starts_at"] < now():
            self.add_error("starts_at", "予約の日時はこれからの日時にしてください。")
        if bool(cleaned.get("every")) != bool(cleaned.get("count")) and "count" not in self.errors:
            self.add_error("count", "くり返すときは、毎週か隔週かと、回数の両方を入れてください。")
        return cleaned

    def appointment(self) -> NextAppointment:
        data = self.cleaned_data
        site, desk = None, None
        for each in self.sites:
            desks = {f"d{row.pk}": row for row in each.desks.all()}
            if data["spot"] == f"s{each.pk}" or data["spot"] in desks:
                site, desk = each, desks.get(data["spot"])
        if data.get("suggestion") and site is None:
            site = self.free[data["suggestion"]][1].site
        return NextAppointment(
            starts_at=data["starts_at"],
            worker=data["worker"],
            method=ContactMethod(data["method"]),
            minutes=data["minutes"],
            place=data["place"],
            note=data["note"],
            bring=data["bring"],
            site=site,
            desk=desk,
            is_group=data["is_group"],
        )


class MoveForm(AppointmentForm):
    """Another time for a booking; the earlier one stays in the list of moves."""

    reason = forms.CharField(label="変える理由", max_length=200, required=False)
    every = None  # type: ignore[assignment]
    count = None  # type: ignore[assignment]
    field_order = ("suggestion", "starts_at", "reason")

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        spot = f"s{appointment.site_id}" if appointment.site_id else ""
        names = ("method", "minutes", "place", "bring", "note", "is_group")
        initial = {name: getattr(appointment, name) for name in names}
        initial["spot"] = f"d{appointment.desk_id}" if appointment.desk_id else spot
        super().__init__(*args, initial=initial, **kwargs)
        field = choices(self, "worker")
        field.queryset = field.queryset | User.objects.filter(pk=appointment.worker_id)  # type: ignore[operator]
        field.initial = appointment.worker


class CancelForm(JapaneseForm):
    """Why a booking is called off."""

    reason = forms.CharField(label="取り消す理由", max_length=200)


class SlotForm(VersionedModelForm):
    """When a worker is at a counter every week; the organisation follows from the worker."""

    start_time = JapaneseTimeField(label="開始時刻")
    end_time = JapaneseTimeField(label="終了時刻")
    valid_from = JapaneseDateField(label="この日から")
    valid_to = JapaneseDateField(label="この日まで", required=False, help_text="決まっていないときは空にします。")

    class Meta:
        model = WorkerSlot
        fields = SLOT_FIELDS

    def __init__(self, *args: Any, actor: Actor, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        choices(self, "worker").queryset = members(actor.organisation_ids, WORKERS)
        choices(self, "site").queryset = Site.objects.filter(pk__in=[site.pk for site in sites]).order_by("name")
        self.fields["worker"].disabled = not self.instance._state.adding
        self.fields["valid_from"].error_messages["required"] = "「この日から」に、始める日を入力してください。"
        if self.instance._state.adding:  # what the empty row says would win over the fields' own
            self.initial.update(worker=actor.user.pk, valid_from=today())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if worker := cleaned.get("worker"):
            places = Membership.objects.current(today()).filter(
                user=worker, organisation__in=self.actor.organisation_ids, role__in=WORKERS
            )
            self.instance.organisation = places.select_related("organisation").order_by("pk")[0].organisation
        return cleaned

    def save_slot(self) -> None:
        """A new row, or a conditional update; raises EditConflict."""
        if self.instance._state.adding:
            self.instance.save()
        else:
            self.save()


class NoticeForm(JapaneseModelForm):
    """Which mails the user wants."""

    class Meta:
        model = NoticeSetting
        fields = ("has_morning", "has_reminder")
