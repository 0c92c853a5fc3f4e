"""The customer portal: configurations, sessions with their flows, and what a customer does there."""
