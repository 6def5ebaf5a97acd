"""A file for a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from accounts.scope import Actor
from cases.enums import AttachmentKind, Visibility
from cases.files.check import ACCEPT, ENDINGS_LABEL, check_file, too_large
from cases.files.checked import CheckedFile, FileRefused
from cases.files.names import clean_name
from cases.forms.person import choices
from cases.models import Case, Consent, Interview
from core.forms import JapaneseForm
from core.templatetags.ui import moment

# Interviews to choose from where the form is a part of the case page.
NOTES_AT_HAND = 30


class CaseFileField(forms.FileField):
    """A file that was looked at from its name to its last byte; cleans to a CheckedFile."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        name = clean_name(data.name or "")
        try:
            # The size comes first: of a file that is too large only the length was kept.
            if data.size > settings.UPLOAD_MAX_BYTES:
                raise too_large(name)
            return check_file(name, data.read())
        except FileRefused as error:
            raise forms.ValidationError(str(error), code="refused") from error
        finally:
            data.seek(0)


class AttachmentForm(JapaneseForm):
    """The file, what it is and who may read it."""

    file = CaseFileField(label="ファイル", help_text=f"{ENDINGS_LABEL}。10MBまで。")
    kind = forms.ChoiceField(choices=AttachmentKind, label="種類")
    visibility = forms.ChoiceField(choices=Visibility, label="読める人", initial=Visibility.SHARED)
    consent = forms.ModelChoiceField(Consent.objects.none(), required=False, widget=forms.HiddenInput)
    interview = forms.ModelChoiceField(
        Interview.objects.none(),
        label="どの面談の記録に付けるか",
        required=False,
        empty_label="(面談の記録には付けない)",
    )

    def __init__(
        self, *args: Any, case: Case, actor: Actor, notes: Sequence[Interview] | None = None, **kwargs: Any
    ) -> None:
        """`notes`: the interviews of the case, newest first, that the page has read already; it offers the newest."""
        super().__init__(*args, **kwargs)
        choices(self, "consent").queryset = case.consents.all()
        visible = Interview.objects.visible_to(actor).filter(case=case)
        field = choices(self, "interview")
        field.queryset = visible
        if notes is None:
            rows: Sequence[Interview] = list(visible.select_related("written_by").order_by("-held_at", "-pk"))
        else:
            rows = notes[:NOTES_AT_HAND]
            if len(notes) > NOTES_AT_HAND:
                field.help_text = format_html(
                    '新しい{}件です。<a href="{}">それより前の面談の記録に付ける</a>',
                    NOTES_AT_HAND,
                    reverse("attachment_new", kwargs={"pk": case.pk}),
                )
        offered = [(note.pk, f"{moment(note.held_at)} {note.written_by.name}") for note in rows]
        field.choices = [("", field.empty_label), *offered]
        asked = str(self.initial.get("interview", ""))
        for note in rows:
            if str(note.pk) == asked:  # a file is read by those who read its note
                self.initial["visibility"] = note.visibility

    def checked(self) -> CheckedFile:
        file: CheckedFile = self.cleaned_data["file"]
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        interview = cleaned.get("interview")
        if interview and interview.visibility != Visibility.SHARED and cleaned.get("visibility") == Visibility.SHARED:
            label = interview.get_visibility_display()
            self.add_error("visibility", f"「{label}」の面談記録に付けるファイルは、「{label}」にしてください。")
        return cleaned
