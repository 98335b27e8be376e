"""What `make check-publication` holds a published folder to, with tools of others."""
