"""The lane's table, as docs/lane.md shows it: read from the firmware, in words and as a picture."""
