from django.urls import path

from rowpath.lab.apps.django import views, views_fields, views_lazy, views_lists

urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    path("lists/drf-objects", views_lists.ProductObjects.as_view({"get": "list"})),
    path("lists/drf-values", views_lists.ProductValues.as_view({"get": "list"})),
    path("lists/drf-no-serializer", views_lists.ProductsWithoutSerializer.as_view()),
    path("lists/for-objects", views_lists.ForLoopObjects.as_view()),
    path("lists/for-values", views_lists.ForLoopValues.as_view()),
    path("fields/all", views_fields.AllFields.as_view()),
    path("fields/only", views_fields.OnlyBoth.as_view()),
    path("fields/only-one", views_fields.OnlyOne.as_view()),
    path("fields/defer", views_fields.DeferOthers.as_view()),
    path("fields/values", views_fields.ValuesOfBoth.as_view()),
    path("fields/values-list", views_fields.ValuesListOfBoth.as_view()),
    path("lazy/unread-django", views_lazy.Unread.as_view()),
    path("lazy/read-iterator", views_lazy.ReadByIterator.as_view()),
    path("lazy/read-list", views_lazy.ReadAsList.as_view()),
]
