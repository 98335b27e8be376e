"""What stops a build, told before one: of the configuration and headers in seconds, or of rows."""
