"""What every page asks of its desk: how long each takes, and how many rows it reads."""
