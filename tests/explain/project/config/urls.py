from django.urls import include, path
from rest_framework.routers import DefaultRouter
from shop import api, views

router = DefaultRouter()
router.register("books", api.BookViewSet, basename="book")
urlpatterns = [
    path("api/", include(router.urls)),
    path("api/authors/", api.AuthorList.as_view()),
    path("api/strings/", api.StringList.as_view()),
    path("api/page/", api.PagedBookList.as_view()),
    path("template/", views.template),
    path("generic/", views.BookList.as_view()),
    path("helper/", views.helper),
    path("manager/", views.manager),
    path("property/", views.of_property),
    path("only/", views.only),
    path("defer/", views.defer),
    path("iterator/", views.by_iterator),
    path("lookup/", views.lookup),
    path("filtered/", views.filtered),
    path("counted/", views.counted),
    path("generic-key/", views.generic_key),
    path("behind/", views.behind_many),
    path("tag/", views.tag),
    path("api/tags/<int:pk>/", api.TagDetail.as_view()),
    path("loop/", views.loop),
    path("repaired/", views.repaired),
    path("detail/", views.detail),
    path("few/", views.few),
    path("unordered/", views.unordered),
    path("now/", views.now),
    path("random/", views.at_random),
    path("union/", views.union),
    path("altered/", views.altered),
    path("dearer/", views.dearer),
    path("writes/", views.writes),
    path("locks/", views.locks),
    path("durable/", views.durable),
    path("private/", views.private),
    path("fails/", views.fails),
    path("stream/", views.stream),
]
