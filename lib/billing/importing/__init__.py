"""A file of events: laid out by customer, read by processes of its own, taken in by the writer."""
