"""Register of schools and colleges."""
