"""Board profiles: which pin does what. boards/*.yaml holds them.

`profiles` reads and checks them, `hazards` judges the pins, `generate` makes board.py for the chip.
"""
