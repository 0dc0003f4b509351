"""Django under django-bolt, its own server included."""
