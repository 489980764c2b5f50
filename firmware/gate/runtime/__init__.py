"""What ties the terminal together: settings, clock, outputs, tasks. Nothing above knows of pins."""
