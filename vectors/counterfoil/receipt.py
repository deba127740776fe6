"""Section 11: redeeming, and the receipt."""

import base64
import re

from counterfoil.notation import H, require, sign, verify


def redeem(election_id, spending_secret, receipt_seed, idempotency_key):
    """Section 11: fingerprint, receipt number and receipt."""
    require(16 <= len(idempotency_key) <= 64, "bad-idempotency-key")
    fingerprint = H(election_id, spending_secret, "cf1.idempotent", idempotency_key, 16)
    receipt_number = H(election_id, spending_secret, "cf1.receipt", idempotency_key, 32)
    signature = sign(receipt_seed, "cf1.receipt", election_id + receipt_number)
    return fingerprint, receipt_number, receipt_number + signature


def verify_receipt(election_id, receipt_key, text):
    """Section 11: the receipt number of a receipt as written."""
    require(re.fullmatch("[A-Za-z0-9_-]{128}", text), "not-a-receipt")
    receipt = base64.urlsafe_b64decode(text)
    require(verify(receipt_key, "cf1.receipt", election_id + receipt[:32], receipt[32:]),
            "wrong-signature")
    return receipt[:32]
