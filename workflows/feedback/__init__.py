"""What customers say of us: taken in masked, tagged by a lexicon, counted, and turned into improvements."""
