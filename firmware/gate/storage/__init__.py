"""What outlives a power cut: parts of the bundle, read from flash where they are large."""
