"""Instances of querysets, by Django and by compiled code in its place."""
