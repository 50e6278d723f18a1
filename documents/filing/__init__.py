"""The line of filing: items, retention periods, lists, packages."""
