"""The web application: thin views over the engine and the domain, joined in `bootstrap.py` alone."""
