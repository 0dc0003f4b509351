"""The measured application in Django with Django REST framework."""
