"""What happens to customers, subscriptions, invoices and payments, without any HTTP."""
