"""What sites ask of codes: conditions, compiled for the terminal and tried on its own firmware."""
