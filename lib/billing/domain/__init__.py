"""The pure middle: values and rules that know no SQL, no Stripe, no clock."""
