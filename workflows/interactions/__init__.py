"""Contact records: who spoke with whom, when, by what channel. The case they belong to is only named."""
