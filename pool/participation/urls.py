"""Addresses for taking part, for everybody."""

from django.urls import path

from pool.participation import views

app_name = "participation"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("hilfreich/", views.helpful, name="helpful"),
    path("hilfreich/danke/", views.helpful_thanks, name="helpful_thanks"),
    path("rueckmeldung/<str:about>/<slug:slug>/", views.feedback, name="feedback"),
    path("rueckmeldung/<str:about>/<slug:slug>/danke/", views.feedback_thanks, name="feedback_thanks"),
    path("stimmen/<str:about>/<slug:slug>/", views.voices, name="voices"),
    path("folgen/bestaetigen/<str:token>/", views.confirm, name="confirm"),
    path("folgen/beenden/<str:token>/", views.leave, name="leave"),
    path("folgen/<str:about>/<slug:slug>/", views.follow, name="follow"),
    path("folgen/<str:about>/<slug:slug>/danke/", views.follow_thanks, name="follow_thanks"),
    path("<slug:slug>/", views.format_page, name="format"),
    path("<slug:slug>/termin.ics", views.calendar, name="calendar"),
]
