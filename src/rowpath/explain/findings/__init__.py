"""What is found, a file each, and what was tried of it."""
