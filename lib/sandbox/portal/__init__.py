"""The customer portal: configurations, sessions, flows, and what a customer does there."""
