"""What the servers of our pages share: what is let in (`strict`), where they listen (`listen`)."""
