"""The generic pages, one module per user or noun. A view parses, calls one function, answers."""
