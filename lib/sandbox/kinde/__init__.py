"""A local Kinde tenant: an issuer with keys, billing customers, signed webhooks and a portal page.

Kinde documents how its webhooks are carried and what they are called, not what is in them. What is
in them here is this stand-in's own choice, in two shapes; see docs/kinde.md.
"""
