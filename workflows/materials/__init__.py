"""The material that customers are given with a recommendation: made from the fund's data, kept with its hash."""
