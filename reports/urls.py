"""URLs of monthly reports; a month is written 2023-12."""

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("<slug:code>/request/", views.report_request, name="report_request"),
    path("<slug:code>/<str:month>/", views.report_detail, name="report_detail"),
    path("<slug:code>/<str:month>/r<int:revision>/", views.report_detail, name="report_revision"),
    path("<slug:code>/<str:month>/r<int:revision>/report.<slug:kind>", views.report_file, name="report_file"),
    path("<slug:code>/<str:month>/r<int:revision>/public.<slug:kind>", views.report_public, name="report_public"),
    path(
        "<slug:code>/<str:month>/r<int:revision>/people/<slug:indicator>/<slug:group>/",
        views.report_people,
        name="report_people",
    ),
    path("<slug:code>/<str:month>/confirm/", views.report_confirm, name="report_confirm"),
    path("<slug:code>/<str:month>/return/", views.report_return, name="report_return"),
    path("<slug:code>/<str:month>/comment/", views.report_comment, name="report_comment"),
    path("<slug:code>/<str:month>/revise/", views.report_revise, name="report_revise"),
]
