"""Addresses of the room of project teams."""

from django.urls import path

from pool.delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.projects, name="projects"),
    path("<uuid:project_id>/", views.project, name="project"),
    path("<uuid:project_id>/bericht/", views.report, name="report"),
    path("<uuid:project_id>/meilensteine/neu/", views.plan, name="plan"),
    path("<uuid:project_id>/meilensteine/<int:milestone_id>/verschieben/", views.shift, name="shift"),
    path("<uuid:project_id>/meilensteine/<int:milestone_id>/titel/", views.rename, name="rename"),
    path("<uuid:project_id>/meilensteine/<int:milestone_id>/erreicht/", views.reach, name="reach"),
    path("<uuid:project_id>/meilensteine/<int:milestone_id>/aufgeben/", views.give_up, name="give_up"),
]
