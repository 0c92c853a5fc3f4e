"""The pages a customer sees: portal, login, invoices and checkout, as plain HTML with forms."""
