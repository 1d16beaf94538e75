"""Personal data of customers: what is held of somebody, what becomes of it on request, and how long cases are kept."""
