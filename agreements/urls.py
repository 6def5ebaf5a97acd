"""URLs of agreements and plans."""

from django.urls import path

from agreements import views

urlpatterns = [
    path("", views.agreement_list, name="agreement_list"),
    path("new/", views.agreement_new, name="agreement_new"),
    path("<slug:code>/", views.agreement_detail, name="agreement_detail"),
    path("<slug:code>/edit/", views.agreement_edit, name="agreement_edit"),
    path("<slug:code>/parties/new/", views.party_new, name="party_new"),
    path("<slug:code>/participants/new/", views.participant_new, name="participant_new"),
    path("<slug:code>/sites/new/", views.site_new, name="site_new"),
    path("<slug:code>/sites/<int:pk>/desks/", views.site_desks, name="site_desks"),
    path("<slug:code>/menus/new/", views.menu_new, name="menu_new"),
    path("<slug:code>/groups/new/", views.group_edit, name="group_new"),
    path("<slug:code>/groups/<int:pk>/", views.group_edit, name="group_edit"),
    path("<slug:code>/rules/new/", views.rules_new, name="rules_new"),
    path("<slug:code>/plans/new/", views.plan_year, name="plan_year"),
    path("<slug:code>/plans/<int:year>/v<int:version>/", views.plan_detail, name="plan_detail"),
]
