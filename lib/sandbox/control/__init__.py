"""The sandbox's own surface: the start page and the control calls, for loopback only."""
