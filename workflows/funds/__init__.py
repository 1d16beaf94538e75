"""Funds on the shelf. Prices, orders and holdings are not known here."""
