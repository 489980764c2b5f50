"""The network, where a terminal has one: for the time, and nothing at the door waits for it."""
