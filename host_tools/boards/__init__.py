"""Board profiles: which pin does what. boards/*.yaml holds them.

`profiles` reads and checks them, `hazards` judges the pins, `generate` makes the firmware's board.py.
"""
