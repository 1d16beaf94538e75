"""Risk assessments of customers, and whether a fund suits one: scores, quotas, facts for the table, opinions."""
