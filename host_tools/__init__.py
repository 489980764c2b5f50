"""What runs on a computer: the command gatectl, keys, codes, bundles, boards and the simulator."""
