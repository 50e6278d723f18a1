"""Addresses of the seals."""

from django.urls import path

from . import views

app_name = "seals"
urlpatterns = [
    path("", views.seals, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.seal, name="seal"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/picture/", views.picture, name="picture"),
    path("<int:pk>/image/", views.image, name="image"),
    path("register/", views.uses, name="uses"),
    path("register/<int:year>/pdf/", views.book, name="book"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.request_new, name="request_new"),
    path("requests/<int:pk>/", views.seal_request, name="request"),
    path("requests/<int:pk>/files/<int:file>/", views.request_file, name="request_file"),
    path("requests/<int:pk>/<slug:action>/", views.request_step, name="request_step"),
]
