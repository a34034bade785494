"""Addresses of the room of coordinators and experts."""

from django.urls import path

from pool.coordination import views

app_name = "coordination"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("weiter/", views.following, name="next"),
    path("rangliste/", views.ranking_page, name="ranking"),
    path("bedarfe/", views.needs, name="needs"),
    path("rueckfragen/", views.my_questions_page, name="questions"),
    path("muster/", views.samples, name="samples"),
    path("gegenzeichnen/", views.to_countersign_page, name="to_countersign"),
    path("gegenzeichnen/<uuid:project_id>/", views.countersign_page, name="countersign"),
    path("<uuid:project_id>/", views.opinion, name="opinion"),
    path("<uuid:project_id>/kommentar/", views.comment, name="comment"),
    path("<uuid:project_id>/kommentar/<int:comment_id>/schwaerzen/", views.black_out, name="black_out"),
]
