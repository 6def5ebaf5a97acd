"""A file for a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from accounts.scope import Actor
from cases.enums import AttachmentKind, Visibility
from cases.files.check import ACCEPT, ENDINGS_LABEL, check_file, too_large
from cases.files.checked import CheckedFile, FileRefused
from cases.files.names import clean_name
from cases.forms.person import choices
from cases.models import Case, Consent, Interview
from core.forms import JapaneseForm


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
    interview = forms.ModelChoiceField(Interview.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "consent").queryset = case.consents.all()
        choices(self, "interview").queryset = Interview.objects.visible_to(actor).filter(case=case)

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
