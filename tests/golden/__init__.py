"""Histories as released versions wrote them; every later release must read and replay them."""
