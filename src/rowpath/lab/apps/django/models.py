from typing import Any

from django.db import models


class Product(models.Model):
    """The talk's product (1.1)."""

    low_price = models.DecimalField(max_digits=7, decimal_places=2)
    high_price = models.DecimalField(max_digits=7, decimal_places=2)

    demand_qty = models.IntegerField()
    offers_qty = models.IntegerField()

    bought_qty = models.IntegerField()
    sold_qty = models.IntegerField()

    time_created = models.DateTimeField()

    class Meta:
        db_table = "product"
        ordering = ("time_created",)

    def __str__(self) -> str:
        return f"product {self.pk}"


class Profession(models.Model):
    """What a character has learned."""

    name = models.TextField()
    description = models.TextField()

    class Meta:
        db_table = "profession"

    def __str__(self) -> str:
        return self.name


class Specialization(models.Model):
    """How a profession is played in a fight."""

    name = models.TextField()
    icon = models.TextField()
    profession = models.ForeignKey(Profession, models.CASCADE)

    class Meta:
        db_table = "specialization"

    def __str__(self) -> str:
        return self.name


class Boss(models.Model):
    """Whom a fight is against."""

    title = models.TextField()
    encounter_type = models.TextField()

    class Meta:
        db_table = "boss"

    def __str__(self) -> str:
        return self.title


class Tag(models.Model):
    """A word that fights are found by."""

    name = models.TextField()

    class Meta:
        db_table = "tag"

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A player."""

    name = models.TextField(unique=True)

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name


class Character(models.Model):
    """One of a player's characters."""

    name = models.TextField()
    account = models.ForeignKey(Account, models.CASCADE)
    profession = models.ForeignKey(Profession, models.CASCADE)

    class Meta:
        db_table = "character"

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """How a fight went."""

    report_name = models.TextField()
    time_start = models.DateTimeField()
    time_end = models.DateTimeField(db_index=True)
    duration_ms = models.IntegerField()
    is_success = models.BooleanField()
    is_cm = models.BooleanField()
    left_health_percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        db_table = "report"

    def __str__(self) -> str:
        return self.report_name


class Fight(models.Model):
    """A fight of a squad against a boss."""

    boss = models.ForeignKey(Boss, models.CASCADE)
    report = models.ForeignKey(Report, models.CASCADE)
    tags = models.ManyToManyField(Tag, db_table="fight_tags")
    squad_damage_data = models.JSONField()

    class Meta:
        db_table = "fight"

    def __str__(self) -> str:
        return f"fight {self.pk}"


class PlayerFight(models.Model):
    """A character's part in a fight; the talk calls it PlayerFightProgress."""

    fight = models.ForeignKey(Fight, models.CASCADE, related_name="player_fights")
    character = models.ForeignKey(Character, models.CASCADE)
    specialization = models.ForeignKey(Specialization, models.CASCADE)
    role = models.TextField()
    dps = models.IntegerField()
    deaths = models.IntegerField()
    damage_data = models.JSONField()

    class Meta:
        db_table = "player_fight"

    def __str__(self) -> str:
        return f"player fight {self.pk}"


class BenchmarkFields(models.Model):
    """What a benchmark asks of a player, and until when fights were held against it."""

    boss = models.ForeignKey(Boss, models.CASCADE)
    specialization = models.ForeignKey(Specialization, models.CASCADE)
    is_cm = models.BooleanField()
    role = models.TextField()
    dps = models.IntegerField()
    label = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)
    fights_checked_until = models.DateTimeField()
    dps_checked_until = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class Benchmark(BenchmarkFields):
    """A benchmark of the dataset, which is only read."""

    class Meta:
        db_table = "benchmark"


class DraftBenchmark(BenchmarkFields):
    """A benchmark that the tasks write. Its save() is overridden, as the talk warns."""

    class Meta:
        db_table = "draft_benchmark"

    def save(self, **kwargs: Any) -> None:
        """Keep the label in step with what it is made of."""
        self.label = self.made_label()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "label"}
        super().save(**kwargs)

    def made_label(self) -> str:
        return f"boss {self.boss_id} spec {self.specialization_id} {self.dps}"


class DraftChange(models.Model):
    """A note of every benchmark that was saved, left by a signal."""

    benchmark = models.ForeignKey(DraftBenchmark, models.CASCADE)
    note = models.TextField()

    class Meta:
        db_table = "draft_change"

    def __str__(self) -> str:
        return self.note


class DraftCollection(models.Model):
    """A collection of fights that the tasks fill and empty."""

    name = models.TextField()
    fights = models.ManyToManyField(Fight, db_table="draft_collection_fights")

    class Meta:
        db_table = "draft_collection"

    def __str__(self) -> str:
        return self.name


class Dude(models.Model):
    """Somebody who wants to know all about one player."""

    gw2_account_name = models.TextField()
    time_joined = models.DateTimeField()

    class Meta:
        db_table = "dude"

    def __str__(self) -> str:
        return self.gw2_account_name
