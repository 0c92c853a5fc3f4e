"""What `lib.billing.desk` shows: values for pages, and the questions they answer."""
