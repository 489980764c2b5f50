"""The lane: its state machine, its relay, and the memory of who went through. No I/O of its own."""
