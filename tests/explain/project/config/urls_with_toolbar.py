from debug_toolbar.toolbar import debug_toolbar_urls

from config.urls import urlpatterns as _urlpatterns

urlpatterns = [*_urlpatterns, *debug_toolbar_urls()]


def is_shown(request):
    return True
