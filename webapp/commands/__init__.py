"""The commands of `fundcase` by subject; each module adds its own with `add`."""
