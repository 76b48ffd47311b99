"""One's own account, below /account/: our pages, and of the sign-in library's those that this house uses.

Changing one's own address is left out, and sign-up only says that it is closed: both are an administrator's.
"""

from allauth.account import views
from django.urls import include, path, re_path

from cmo_lifecycle.accounts.views import own

urlpatterns = [
    path("", own.profile, name="profile"),
    path("statement/", own.statement, name="statement"),
    path("signatures/", own.signatures, name="own_signatures"),
    path("login/", own.SignInView.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
