"""Policy: what the site asks of a code, and the decision. Sees claims, not signatures."""
