"""The register of complaints: what was alleged, who handles it and may not, until when, and how it ended."""
