"""Issued PDFs signed with the office's certificate (PAdES B-B), and what such signatures are worth.

What signs a paper here is a certificate of the operator's in a PKCS#12 file. That is no legal
electronic seal under 《电子印章管理办法》, and SM2 keys are not supported; see `outgoing.sealing`.
"""
