"""Log in, log out, choose an organisation; users for the administrator."""

from django.contrib.auth import views as auth_views
from django.urls import path

from accounts import session_clock, views
from accounts.forms import LoginForm

urlpatterns = [
    path(
        "login/",
        auth_views.LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", views.leave, name="logout"),
    path("drafts/save/", views.draft_save, name="draft_save"),
    path("drafts/<uuid:pk>/discard/", views.draft_discard, name="draft_discard"),
    path("session/status/", session_clock.session_status, name="session_status"),
    path("session/extend/", session_clock.session_extend, name="session_extend"),
    path("session/back/", views.session_back, name="session_back"),
    path("password/", auth_views.PasswordChangeView.as_view(success_url="/password/done/"), name="password_change"),
    path("password/done/", views.password_changed, name="password_change_done"),
    path("organisation/", views.choose_organisation, name="choose_organisation"),
    path("accounts/", views.account_list, name="account_list"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/new/", views.organisation_edit, name="organisation_new"),
    path("organisations/<int:pk>/", views.organisation_edit, name="organisation_edit"),
    path("accounts/new/", views.account_new, name="account_new"),
    path("accounts/<int:pk>/", views.account_detail, name="account_detail"),
]
