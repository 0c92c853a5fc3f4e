"""What `lib.billing.ingest` and the receiver are made of: from a body to one committed batch."""
