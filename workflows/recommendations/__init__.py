"""Recommendations of funds to a customer: what of the shelf can be spoken of, what was chosen, what became of it."""
