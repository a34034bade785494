from django.urls import path

from governance.organisation import views

app_name = "organisation"

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("passwort/", views.PasswordChange.as_view(), name="password"),
    path("passwort-vergessen/", views.PasswordForgotten.as_view(), name="password_forgotten"),
    path("passwort-vergessen/unterwegs/", views.PasswordSent.as_view(), name="password_sent"),
    path("passwort-vergessen/<uidb64>/<token>/", views.PasswordNew.as_view(), name="password_new"),
    path("passwort-vergessen/fertig/", views.PasswordDone.as_view(), name="password_done"),
    path("abwesenheit/", views.absences, name="absences"),
]
