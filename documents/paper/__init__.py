"""The page of official documents (GB/T 9704-2012): PDF, DOCX and web view of one `content.Paper`.

Pure: no model and no database; whoever issues a document hands over what stands on it.
"""
