"""What is admitted: which views, serializers and renderers are left as DRF has them."""
