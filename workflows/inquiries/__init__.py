"""What stays of a closed inquiry: the gap in our knowledge, and whether the customer is asked how it was."""
