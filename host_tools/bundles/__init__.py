"""What a terminal believes: trust lists, site policies, signed bundles."""
