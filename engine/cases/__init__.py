"""What happens to cases: one input, one step, one transaction. Decided purely, stored once."""
