from django.urls import path

from pool.submission import compare_views, form_views, link_views, views

app_name = "submission"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("pool/", views.pool, name="pool"),
    path("neu/", form_views.new, name="new"),
    path("neu/sichern/", form_views.autosave_new, name="autosave_new"),
    path("<uuid:project_id>/bearbeiten/", form_views.edit, name="edit"),
    path("<uuid:project_id>/sichern/", form_views.autosave, name="autosave"),
    path("<uuid:project_id>/texte/<uuid:side_text_id>/", compare_views.compare, name="compare"),
    path("<uuid:project_id>/verbindungen/", link_views.links, name="links"),
    path("<uuid:project_id>/einreichen/", views.check, name="check"),
    path("<uuid:project_id>/eingereicht/", views.submitted, name="submitted"),
]
