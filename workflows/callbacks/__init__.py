"""Calls back to customers after a sale: who calls, what was answered, and what follows where nobody was reached."""
