"""Customers: who they are, what care they need, how they are shown. Holdings and orders are not known here."""
