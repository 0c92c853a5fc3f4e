"""Every table of the database.

Times are unix seconds UTC and money is minor units, both `BigInteger`. Lists and objects are
canonical JSON text (`lib.billing.domain.observations.canonical`).

    kept        inbox, observations, owners, tallies, deliveries, meta
    derived     customers, plan_entitlements, subscriptions, invoices, runway, movements,
                search_terms, standings, and the references prices, products, coupons,
                portal_configurations
    sums        rollups, turnover
    health      findings, reconciliations, checked
    desk        audit, notes, acknowledgements, requests, saved_views, staff_choices
    closing     closes, closed_movements
    outgoing    outgoing_told, outgoing_events, outgoing_deliveries
    notices     notices, watches
"""

from .closing import closed_movements as closed_movements
from .closing import closes as closes
from .columns import metadata as metadata
from .derived import DERIVED as DERIVED
from .derived import customers as customers
from .derived import movements as movements
from .derived import plan_entitlements as plan_entitlements
from .derived import runway as runway
from .derived import search_terms as search_terms
from .derived import standings as standings
from .desk import acknowledgements as acknowledgements
from .desk import audit as audit
from .desk import notes as notes
from .desk import requests as requests
from .desk import saved_views as saved_views
from .desk import staff_choices as staff_choices
from .health import checked as checked
from .health import findings as findings
from .health import reconciliations as reconciliations
from .invoices import invoices as invoices
from .kept import deliveries as deliveries
from .kept import inbox as inbox
from .kept import meta as meta
from .kept import observations as observations
from .kept import owners as owners
from .kept import tallies as tallies
from .notices import notices as notices
from .notices import watches as watches
from .outgoing import outgoing_deliveries as outgoing_deliveries
from .outgoing import outgoing_events as outgoing_events
from .outgoing import outgoing_told as outgoing_told
from .references import REFERENCES as REFERENCES
from .references import coupons as coupons
from .references import portal_configurations as portal_configurations
from .references import prices as prices
from .references import products as products
from .subscriptions import subscriptions as subscriptions
from .sums import rollups as rollups
from .sums import turnover as turnover
