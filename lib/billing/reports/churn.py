"""Who left, what it cost, and the rates that people ask for."""

from __future__ import annotations

from collections.abc import Iterator

from ..retention.churning import Asked, churn_periods
from ..retention.values import ChurnPeriod
from ..store.queries import churn as queries
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .periods import periods
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    reach = queries.reach(connection, request.policy)
    if reach is None:
        return
    # Without an end everything stored is shown, even where Stripe's clock runs ahead of this one.
    last = max(request.now, reach[1])
    if request.ends is not None:
        last = min(last, request.ends - 1)
    first = reach[0] if request.starts is None else request.starts
    asked = Asked(
        policy=request.policy,
        flags=request.judged_by,
        timezone=request.setup.timezone,
        by=request.by,
        currency=request.currency,
    )
    spans = list(periods(first, last, request.by, request.setup.timezone))
    for period in churn_periods(connection, asked, spans):
        yield _row(period)


def _row(period: ChurnPeriod) -> Row:
    moved, rates = period.moved, period.rates
    shares = ("customer_churn", "gross_mrr_churn", "net_mrr_churn", "grr", "nrr")
    return {
        "period": period.name,
        "currency": period.currency,
        "customers_start": period.customers_start,
        "customers_new": period.new,
        "customers_churned": period.churned,
        **{name: rates[name].value for name in shares},
        "voluntary": period.voluntary,
        "involuntary": period.involuntary,
        "unknown": period.unknown,
        "reasons": period.reasons,
        "customers_reactivated": period.returned,
        "customers_switched": period.switched,
        "customers_end": period.customers_end,
        "churn_numerator": int(period.churn.numerator),
        "churn_denominator": int(period.churn.denominator),
        "opening_minor": moved.opening_minor,
        "new_minor": moved.new_minor,
        "reactivation_minor": moved.reactivation_minor,
        "expansion_minor": moved.expansion_minor,
        "contraction_minor": moved.contraction_minor,
        "churn_minor": moved.churn_minor,
        "closing_minor": moved.closing_minor,
        "arpa_minor": period.arpa_minor,
        "ltv_minor": period.ltv_minor,
        "quick_ratio": period.quick_ratio.value,
        "trials_ended": int(period.trials.denominator),
        "trials_converted": int(period.trials.numerator),
        "trial_conversion": period.trials.value,
        "small_sample": period.churn.small or rates["grr"].small,
        "absent": [f"{name}: {ratio.reason}" for name, ratio in rates.items() if ratio.reason],
        "complete": period.complete,
        "reconstructed": period.reconstructed,
    }


REPORT = Definition(
    name="churn",
    question="Who left in each period, why, and what share of customers and MRR was it?",
    rows=rows,
    dated_by="period",
    periodic=True,
    sums=("customers_churned", "voluntary", "involuntary", "unknown"),
    fields=(
        Field("period", Kind.TEXT, "A day, ISO week, month or quarter of the business."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("customers_start", Kind.NUMBER, "Customers when the period began."),
        Field(
            "customers_new",
            Kind.NUMBER,
            "Customers whose first MRR fell into it; under ProfitWell's policy without those who "
            "also churned in that month.",
        ),
        Field(
            "customers_churned",
            Kind.NUMBER,
            "Customers whose MRR came down to zero in it, each once, also those who joined or came "
            "back in it; under ProfitWell's policy without those who were new in that month.",
        ),
        Field("customer_churn", Kind.RATE, "churn_numerator / churn_denominator."),
        Field("gross_mrr_churn", Kind.RATE, "−(churn + contraction) / opening."),
        Field(
            "net_mrr_churn",
            Kind.RATE,
            "(−churn − contraction − expansion − reactivation) / opening.",
        ),
        Field("grr", Kind.RATE, "(opening + contraction + churn) / opening."),
        Field("nrr", Kind.RATE, "(opening + expansion + contraction + churn) / opening."),
        Field("voluntary", Kind.NUMBER, "Of customers_churned: the cancellation was asked for."),
        Field("involuntary", Kind.NUMBER, "A payment failed or was disputed."),
        Field("unknown", Kind.NUMBER, "Stripe gives no reason."),
        Field(
            "reasons",
            Kind.MAPPING,
            "Customers_churned by feedback, else by cancellation reason, else unknown.",
        ),
        Field("customers_reactivated", Kind.NUMBER, "Customers who came back from zero in it."),
        Field(
            "customers_switched",
            Kind.NUMBER,
            "Of customers_churned, those who went on in another currency.",
        ),
        Field("customers_end", Kind.NUMBER, "Customers when it ended."),
        Field(
            "churn_numerator",
            Kind.NUMBER,
            "Customers_churned without those who joined or came back in the period; under Stripe's "
            "policy all who churned, by months in the 30 × 24 hours before the month's end.",
        ),
        Field(
            "churn_denominator",
            Kind.NUMBER,
            "Customers_start; under Stripe's policy active at the start plus new, over the same "
            "time.",
        ),
        Field("opening_minor", Kind.MONEY, "MRR when the period began."),
        Field("new_minor", Kind.MONEY, "First positive MRR of a customer."),
        Field("reactivation_minor", Kind.MONEY, "MRR of customers who came back from zero."),
        Field("expansion_minor", Kind.MONEY, "MRR that customers added."),
        Field("contraction_minor", Kind.MONEY, "MRR that staying customers lost; never above 0."),
        Field("churn_minor", Kind.MONEY, "MRR of customers who went to zero; never above 0."),
        Field("closing_minor", Kind.MONEY, "MRR when it ended."),
        Field("arpa_minor", Kind.MONEY, "Closing MRR / customers_end."),
        Field(
            "ltv_minor",
            Kind.MONEY,
            "ARPA / customer churn; under ChartMogul's policy of the six complete months before, "
            "all who churned / the sum of customers at their starts.",
        ),
        Field("quick_ratio", Kind.RATE, "(new + expansion) / −(contraction + churn)."),
        Field("trials_ended", Kind.NUMBER, "Trials that ended in it."),
        Field("trials_converted", Kind.NUMBER, "Of these, those that became active."),
        Field("trial_conversion", Kind.RATE, "trials_converted / trials_ended."),
        Field("small_sample", Kind.FLAG, "Fewer than 20 customers in a denominator."),
        Field("absent", Kind.LIST, "Each rate that has no value, and why."),
        Field("complete", Kind.FLAG, "Whether the period is over."),
        Field("reconstructed", Kind.FLAG, "From before the first event, or partly inferred."),
    ),
)
