"""Charts of one subject each: a nudge, a secant, slopes, step sizes, two trainings."""
