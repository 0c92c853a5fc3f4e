"""GET /pricing/{table}: what customers are sold, and the buttons that start it."""
