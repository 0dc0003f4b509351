from django.http import JsonResponse

from shop.models import Book


def authors(request):
    return JsonResponse({"authors": list({book.author.name for book in Book.objects.all()})})
