from django.urls import path

from pool.submission import views

app_name = "submission"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("pool/", views.pool, name="pool"),
    path("neu/", views.new, name="new"),
    path("<uuid:project_id>/bearbeiten/", views.edit, name="edit"),
    path("<uuid:project_id>/einreichen/", views.check, name="check"),
    path("<uuid:project_id>/eingereicht/", views.submitted, name="submitted"),
]
