"""Seals, their keepers and register, and requests to have sealed what is no official paper."""
