"""What proves the histories from outside: signed Merkle roots over their heads, and what is held against them."""
