"""What stands between the network and the routes of `portside serve`: limits, and headers."""
