"""Codes to show: from a person's file to signed text and its picture. Issues; never verifies."""
