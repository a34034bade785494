from django.urls import path

from pool.similarity import views

app_name = "similarity"

urlpatterns = [
    path("aehnlich/", views.suggestions, name="suggestions"),
    path("<uuid:project_id>/anders-als/<uuid:other_id>/", views.different, name="different"),
    path("<uuid:project_id>/mitwirken/", views.join, name="join"),
    path("<uuid:project_id>/mitwirken/<int:request_id>/", views.answer, name="answer"),
]
