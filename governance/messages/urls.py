from django.urls import path

from governance.messages import views

app_name = "messages"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("nachrichten/", views.inbox, name="inbox"),
    path("nachrichten/gelesen/", views.read_all, name="read_all"),
    path("nachrichten/<int:message_id>/", views.open_message, name="open"),
    path("benachrichtigungen/", views.preferences, name="preferences"),
]
