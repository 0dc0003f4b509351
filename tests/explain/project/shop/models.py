from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver


class Publisher(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Author(models.Model):
    name = models.CharField(max_length=50)
    bio = models.TextField(default="-")
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="authors")


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    site = models.CharField(max_length=50)


class Tag(models.Model):
    name = models.CharField(max_length=50)


class BookQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)


class Book(models.Model):
    title = models.CharField(max_length=50)
    blurb = models.TextField(default="-")
    is_published = models.BooleanField(default=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")

    objects = BookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.title} by {self.author.name}"

    @property
    def imprint(self) -> str:
        return self.author.publisher.name


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    stars = models.IntegerField()
    text = models.TextField(default="-")


class Note(models.Model):
    text = models.CharField(max_length=50)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()


class Visit(models.Model):
    path = models.CharField(max_length=50)


class Sale(models.Model):
    """One of many, where the shop is filled with them."""

    number = models.IntegerField(db_index=True)
    kind = models.CharField(max_length=10)
    day = models.IntegerField()
    is_paid = models.BooleanField(default=True)
    note = models.TextField(default="-")
    buyer = models.ForeignKey(Author, models.CASCADE, related_name="+", db_index=False)
    title = models.ForeignKey(Book, models.CASCADE, related_name="+")


class Visitor(models.Model):
    name = models.CharField(max_length=50)

    def save(self, *args, **kwargs):
        self.name = self.name.strip()
        super().save(*args, **kwargs)


@receiver(post_save, sender=Visitor)
def greet(sender, **kwargs):
    """Is told of each visitor that is saved."""
