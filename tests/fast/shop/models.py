"""A small shop whose lists are answered by DRF and by the fast path."""

import uuid

from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=20)
    code = models.UUIDField(default=uuid.uuid4)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)


class Product(models.Model):
    name = models.CharField(max_length=50)
    description = models.TextField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    created = models.DateTimeField(null=True)
    released = models.DateField(null=True)
    opens = models.TimeField(null=True)
    lasts = models.DurationField(null=True)
    count = models.IntegerField(default=3)
    ratio = models.FloatField(null=True)
    active = models.BooleanField(default=True)
    address = models.GenericIPAddressField(null=True)
    stored = models.BinaryField(null=True)
    data = models.JSONField(null=True)
    category = models.ForeignKey(
        Category, null=True, on_delete=models.CASCADE, related_name="products"
    )
    main = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="mains")


class Detail(models.Model):
    product = models.OneToOneField(Product, on_delete=models.CASCADE)
    note = models.CharField(max_length=9, null=True)


class Topic(models.Model):
    name = models.CharField(max_length=20)


class Note(models.Model):
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    text = models.CharField(max_length=50)
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    home = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")


class StoredTopic(models.Model):
    """A topic whose name is that of a file."""

    name = models.FileField()

    class Meta:
        managed = False
        db_table = "shop_topic"


class Pointer(models.Model):
    """A note as if its topic were a product."""

    product = models.ForeignKey(
        Product, null=True, on_delete=models.DO_NOTHING, related_name="+", db_column="topic_id"
    )

    class Meta:
        managed = False
        db_table = "shop_note"


class Number(models.Model):
    """A row that PostgreSQL makes while it is read; see numbers.sql."""

    name = models.TextField()
    ratio = models.FloatField()
    moment = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "numbers"
