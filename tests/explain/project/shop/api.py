from rest_framework import filters, generics, pagination, serializers, viewsets

from shop.models import Author, Book, Publisher, Review, Sale, Tag


class PublisherSerializer(serializers.ModelSerializer):
    class Meta:
        model = Publisher
        fields = ["name"]


class AuthorSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer()
    site = serializers.CharField(source="profile.site")

    class Meta:
        model = Author
        fields = ["name", "publisher", "site"]


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["stars"]


class BookSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name")
    publisher = PublisherSerializer(source="author.publisher")
    tags = serializers.SlugRelatedField("name", many=True, read_only=True)
    reviews = ReviewSerializer(many=True)
    best = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["id", "title", "author", "publisher", "tags", "reviews", "best"]

    def get_best(self, book):
        return max((review.stars for review in book.reviews.all()), default=None)


class Pages(pagination.PageNumberPagination):
    page_size = 8
    page_size_query_param = "size"


class BookViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.all()
    serializer_class = BookSerializer
    pagination_class = Pages

    def get_queryset(self):
        queryset = super().get_queryset()
        return (
            queryset.filter(is_published=True)
            .exclude(title="a title that no book has, so that the chain takes lines")
            .order_by("id")
        )


class AuthorList(generics.ListAPIView):
    queryset = Author.objects.order_by("name")
    serializer_class = AuthorSerializer


class StringSerializer(serializers.Serializer):
    text = serializers.CharField(source="__str__")


class StringList(generics.ListAPIView):
    queryset = Book.objects.order_by("id")
    serializer_class = StringSerializer


class TitleSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["title", "author"]


class TagSerializer(serializers.ModelSerializer):
    books = TitleSerializer(many=True)

    class Meta:
        model = Tag
        fields = ["name", "books"]


class KeySerializer(serializers.ModelSerializer):
    by = serializers.IntegerField(source="author.id")
    author_id = serializers.IntegerField(source="author.pk")

    class Meta:
        model = Book
        fields = ["title", "by", "author_id"]


class KeyList(generics.ListAPIView):
    queryset = Book.objects.order_by("id")
    serializer_class = KeySerializer


class ReviewedSerializer(serializers.ModelSerializer):
    """Asks its method fields' relations anew, as they are written for one object."""

    good = serializers.SerializerMethodField()
    latest = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "good", "latest"]

    def get_good(self, book):
        return book.reviews.filter(stars__gte=2).exists()

    def get_latest(self, book):
        review = book.reviews.order_by("-id").first()
        return review.stars if review else None


class ReviewedList(generics.ListAPIView):
    queryset = Book.objects.prefetch_related("reviews").order_by("id")
    serializer_class = ReviewedSerializer


class LazySerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]


class TitleList(generics.ListAPIView):
    queryset = Book.objects.order_by("id")
    serializer_class = LazySerializer


class BasesList(generics.ListAPIView):
    """Answers otherwise where its class has other bases."""

    queryset = Book.objects.order_by("id")
    serializer_class = LazySerializer

    def list(self, request, *args, **kwargs):
        response = super().list(request, *args, **kwargs)
        response.data = [{"title": str(len(type(self).__mro__))}, *response.data]
        return response


class LazyViewSet(viewsets.ReadOnlyModelViewSet):
    """Lists titles alone, and shows one with its author; both load the author."""

    queryset = Book.objects.select_related("author").order_by("id")

    def get_serializer_class(self):
        return LazySerializer if self.action == "list" else TitleSerializer


class TagDetail(generics.RetrieveAPIView):
    queryset = Tag.objects.all()
    serializer_class = TagSerializer


class PagedBookList(generics.ListAPIView):
    queryset = Book.objects.order_by("id")
    serializer_class = TitleSerializer
    pagination_class = Pages

    def list(self, request, *args, **kwargs):
        response = super().list(request, *args, **kwargs)
        response.data["shop"] = "ours"
        return response


class SaleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sale
        fields = ["number", "day"]


class SaleList(generics.ListAPIView):
    queryset = Sale.objects.order_by("id")
    serializer_class = SaleSerializer
    pagination_class = Pages


class AfterPages(pagination.CursorPagination):
    page_size = 8
    ordering = "id"


class SalesAfter(generics.ListAPIView):
    queryset = Sale.objects.all()
    serializer_class = SaleSerializer
    pagination_class = AfterPages


class ByBook(filters.BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):  # noqa: ARG002 DRF's
        if "book" in request.GET:
            return queryset.filter(books__title__contains=request.GET["book"])
        return queryset


class NameSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["name"]


class FilteredTags(generics.ListAPIView):
    """Lets those who ask filter by the books, which are many."""

    queryset = Tag.objects.order_by("id").distinct()
    serializer_class = NameSerializer
    filter_backends = [ByBook]
