from django.urls import path

from pool.attachments import views

app_name = "attachments"

urlpatterns = [
    path("<uuid:project_id>/anlagen/", views.page, name="page"),
    path("<uuid:project_id>/anlagen/<uuid:attachment_id>/", views.download, name="download"),
    path("<uuid:project_id>/anlagen/<uuid:attachment_id>/entfernen/", views.remove, name="remove"),
]
