"""The holder's side: a phone that keeps statements and shows codes, simulated or real."""
