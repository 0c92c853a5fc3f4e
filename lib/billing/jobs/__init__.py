"""What runs by itself beside the receiver: the table of jobs, and the runner."""
