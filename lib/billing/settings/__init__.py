"""What was configured, read and checked."""
