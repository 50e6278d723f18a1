"""Outgoing documents: drafted, reviewed, signed, numbered, issued (2012 Regulations art. 18-25)."""
