"""The parts of a month close."""
