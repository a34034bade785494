from django.urls import path

from pool.publication import consent_views

app_name = "consent"

urlpatterns = [
    path("<uuid:project_id>/zustimmung/", consent_views.answer, name="answer"),
    path("<uuid:project_id>/vorschau/<int:number>/", consent_views.preview, name="preview"),
    path("<uuid:project_id>/vorschau/<int:number>/en/", consent_views.preview_english, name="preview_english"),
]
