"""The audit log as the terminal keeps it: read strictly, verified, searched and summed up."""
