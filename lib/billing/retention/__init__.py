"""Churn, rates and cohorts as values: reports and pages read the same ones."""
