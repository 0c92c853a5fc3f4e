"""A company of a million customers in minutes: a few hundred lives, folded for real, stamped out.

    people      who each customer is: id, name, e-mail, organization, how much later it lived
    lives       what Stripe would have told of one customer, as events
    stamping    a life folded by the product once, and its rows with another's names and times
    loading     rows into a database, the fast way of each
    world       all of it together, in constant memory

The rows are the fold's own, so a world equals one that was fed its events; a test feeds one.
What was received and seen (inbox, observations, owners) is not made: `portside replay` of such a
database would leave nothing.
"""
