"""Addresses of calls for ideas, in the room of the Lenkungsgruppe."""

from django.urls import path

from pool.calls import views

app_name = "calls"
urlpatterns = [
    path("aufrufe/neu/", views.new, name="new"),
    path("aufrufe/<int:call_id>/beenden/", views.end, name="end"),
]
