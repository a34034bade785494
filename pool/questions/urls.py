from django.urls import path

from pool.questions import views

app_name = "questions"

urlpatterns = [
    path("<uuid:project_id>/rueckfragen/neu/", views.ask, name="ask"),
    path("<uuid:project_id>/rueckfragen/<int:question_id>/", views.thread, name="thread"),
    path("<uuid:project_id>/widerspruch/", views.object_to_refusal, name="object"),
]
