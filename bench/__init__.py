"""Measurements: what pages, due dates and reminder runs cost beside the least they could."""
