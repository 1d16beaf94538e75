"""Staff: who works here, in which groups and team, and whether a password is theirs."""
