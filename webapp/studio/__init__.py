"""What the pages of process owners work with: drafts, editors, evidence. It draws nothing."""
