"""Documents for paper: one sheet or two, made of a template, nothing loaded from anywhere."""
