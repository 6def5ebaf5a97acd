"""URLs of the desk: today, cases and everything that hangs on them."""

from django.urls import path

from cases.views import contact, intake, oversight, overview, support, today, work

urlpatterns = [
    path("", today.today, name="today"),
    path("help/", today.help_page, name="help"),
    path("search/", overview.case_search, name="case_search"),
    path("appointments/", contact.appointment_list, name="appointment_list"),
    path("appointments/<uuid:pk>/settle/", contact.appointment_settle, name="appointment_settle"),
    path("cases/", overview.case_list, name="case_list"),
    path("cases/new/", intake.case_new, name="case_new"),
    path("cases/<uuid:pk>/", overview.case_detail, name="case_detail"),
    path("cases/<uuid:pk>/again/", intake.case_again, name="case_again"),
    path("cases/<uuid:pk>/person/", intake.person_edit, name="person_edit"),
    path("cases/<uuid:pk>/status/", intake.case_status, name="case_status"),
    path("access/", oversight.access_log, name="access_log"),
    path("access/<int:pk>/", oversight.access_entry, name="access_entry"),
    path("access/odd/", oversight.odd_reading_list, name="odd_reading_list"),
    path("access/odd/<uuid:pk>/", oversight.odd_reading_review, name="odd_reading_review"),
    path("cases/<uuid:pk>/readers/", oversight.case_readers, name="case_readers"),
    path("cases/<uuid:pk>/readers.pdf", oversight.case_readers_pdf, name="case_readers_pdf"),
    path("cases/<uuid:pk>/visibility/", support.visibility, name="visibility"),
    path("cases/<uuid:pk>/consents/<uuid:consent_pk>/withdraw/", support.consent_withdraw, name="consent_withdraw"),
    path("cases/<uuid:pk>/request/", support.support_request_new, name="support_request_new"),
    path("cases/<uuid:pk>/request/answer/", support.support_request_answer, name="support_request_answer"),
    path("cases/<uuid:pk>/request/withdraw/", support.support_request_withdraw, name="support_request_withdraw"),
    path("cases/<uuid:pk>/team/", support.assignment_new, name="assignment_new"),
    path("cases/<uuid:pk>/plan/", support.plan_new, name="plan_new"),
    path("cases/<uuid:pk>/plan/confirm/", support.plan_confirm, name="plan_confirm"),
    path("cases/<uuid:pk>/plan/agreed/", support.plan_agreed, name="plan_agreed"),
    path("cases/<uuid:pk>/move/<slug:act>/", support.case_move, name="case_move"),
    path("cases/<uuid:pk>/close/", support.case_close, name="case_close"),
    path("cases/<uuid:pk>/interviews/new/", contact.interview_new, name="interview_new"),
    path("cases/<uuid:pk>/interviews/<uuid:interview_pk>/", contact.interview_edit, name="interview_edit"),
    path("cases/<uuid:pk>/appointments/new/", contact.appointment_new, name="appointment_new"),
    path("cases/<uuid:pk>/introductions/new/", work.introduction_new, name="introduction_new"),
    path(
        "cases/<uuid:pk>/introductions/<uuid:introduction_pk>/result/",
        work.introduction_result,
        name="introduction_result",
    ),
    path("cases/<uuid:pk>/placements/new/", work.placement_new, name="placement_new"),
    path("cases/<uuid:pk>/placements/<uuid:placement_pk>/left/", work.placement_separate, name="placement_separate"),
    path("cases/<uuid:pk>/retention/<uuid:check_pk>/", work.retention_check, name="retention_check"),
]
