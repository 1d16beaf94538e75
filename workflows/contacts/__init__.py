"""Whether a customer may be contacted: the facts that the table of permissions asks for."""
