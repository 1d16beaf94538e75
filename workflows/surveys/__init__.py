"""Satisfaction surveys after a closed case: who is asked, what is answered, and when an answer comes too late."""
