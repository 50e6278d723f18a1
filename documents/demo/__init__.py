"""Demo data: people named by their post, real public documents, and a year of believable work."""
