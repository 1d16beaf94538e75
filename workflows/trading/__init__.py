"""Orders and what comes of them: prices, checks, warning letters, payments, confirmations, holdings.

The registrar and the bank are ports; the stand-ins that come with the product answer by themselves.
"""
