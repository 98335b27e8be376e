"""The machine a command runs on: its libraries, limits, file system and other processes."""
