"""`gatectl sim serve`: a page that shows one simulated gate, and moves it.

`runner` is the thread that owns the gate; `scene` are the people before it, `hardware` is what the
page sees and moves of it, `feed` is what the runner gives away and `server` sends to any number of
tabs; `commands` is all that a page may ask for.
"""
