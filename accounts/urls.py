"""Log in, log out, choose an organisation; one's own account; users for the administrator."""

from allauth.mfa.base.views import AuthenticateView
from allauth.socialaccount.providers.openid_connect import views as sign_on_views
from django.urls import path

from accounts import identity, views
from accounts.credentials import PasswordChangeForm
from accounts.forms import LoginForm

login = identity.LoginView.as_view(authentication_form=LoginForm)

urlpatterns = [
    path("login/", login, name="login"),
    path("login/", login, name="account_login"),  # the name by which allauth calls it
    path("login/code/", AuthenticateView.as_view(template_name="mfa/authenticate.html"), name="mfa_authenticate"),
    path("logout/", views.leave, name="logout"),
    path("drafts/save/", views.draft_save, name="draft_save"),
    path("drafts/<uuid:pk>/discard/", views.draft_discard, name="draft_discard"),
    path("invitation/<str:token>/", identity.invitation, name="invitation"),
    path("oidc/<str:provider_id>/login/", sign_on_views.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", sign_on_views.callback, name="openid_connect_callback"),
    path("session/status/", identity.session_status, name="session_status"),
    path("session/extend/", identity.session_extend, name="session_extend"),
    path("session/back/", views.session_back, name="session_back"),
    path(
        "password/",
        identity.PasswordChangeView.as_view(form_class=PasswordChangeForm),
        name="password_change",
    ),
    path("password/done/", views.password_changed, name="password_change_done"),
    path("account/", identity.account_settings, name="account_settings"),
    path("account/dates/", identity.date_style, name="date_style"),
    path("account/typing/", views.typing_settings, name="typing_settings"),
    path("account/confirm/", identity.reauthenticate, name="account_reauthenticate"),
    path("account/app/", identity.ActivateTotpView.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", identity.DeactivateTotpView.as_view(), name="mfa_deactivate_totp"),
    path("account/keys/new/", identity.AddSecurityKeyView.as_view(), name="mfa_add_webauthn"),
    path("account/keys/<slug:address>/remove/", identity.RemoveSecurityKeyView.as_view(), name="mfa_remove_webauthn"),
    path("account/recovery/", identity.recovery_codes, name="recovery_codes"),
    path("account/devices/", identity.session_list, name="session_list"),
    path("account/sign-on/remove/", identity.sign_on_unlink, name="sign_on_unlink"),
    path("organisation/", views.choose_organisation, name="choose_organisation"),
    path("accounts/", views.account_list, name="account_list"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/new/", views.organisation_edit, name="organisation_new"),
    path("organisations/<int:pk>/", views.organisation_edit, name="organisation_edit"),
    path("accounts/new/", views.account_new, name="account_new"),
    path("accounts/<int:pk>/", views.account_detail, name="account_detail"),
    path("accounts/<int:pk>/invite/", views.account_invite, name="account_invite"),
    path("accounts/<int:pk>/sign-on/", views.account_sign_on, name="account_sign_on"),
]
