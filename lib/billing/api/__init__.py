"""The read API, and "Manage billing", for the product that sells the subscriptions: `/v1`."""
