"""Section 14: key files."""

from counterfoil.notation import number, require, u8, u32, u64
from primitives import argon2id, xchacha20poly1305_open, xchacha20poly1305_seal

KEY_FILE_MAGIC = b"counterfoil key file v1\n"
ISSUING, DESK = 1, 2
UNPROTECTED, PASSPHRASE = 0, 1


def sealing_key(header, passphrase):
    """Section 14: Argon2id of the passphrase, or 32 zero bytes."""
    if header[25] == UNPROTECTED:
        return bytes(32)
    return argon2id(passphrase, header[40:56], number(header[28:32]),
                    number(header[32:40]) // 1024, 32)


def key_file_header(room, protection, passes, memory, salt, election_id, election_digest):
    """Section 14: bytes 0 to 103."""
    return (KEY_FILE_MAGIC + u8(room) + u8(protection) + bytes(2) + u32(passes) + u64(memory)
            + salt + election_id + election_digest)


def write_key_file(header, nonce, passphrase, ledger_key, room_secret):
    """Section 14: the 208 bytes. `header` is bytes 0 to 103; the nonce ends what is
    associated with the box."""
    associated = header + nonce
    return associated + xchacha20poly1305_seal(sealing_key(header, passphrase), nonce,
                                               ledger_key + room_secret, associated)


def read_key_file(data, room, election_id, election_digest, passphrase):
    """Section 14: ledger key and room secret. `election_id` and `election_digest` may be
    None: then the file's own are believed."""
    require(data[:24] == KEY_FILE_MAGIC, "wrong-magic")
    require(len(data) == 208, "wrong-length")
    require(data[24] in (ISSUING, DESK), "unknown-room")
    require(data[24] == room, "wrong-room")
    require(data[25] in (UNPROTECTED, PASSPHRASE), "unknown-protection")
    require(not any(data[26:28]), "reserved-not-zero")
    passes, memory = number(data[28:32]), number(data[32:40])
    if data[25] == UNPROTECTED:
        require(not any(data[28:56]), "reserved-not-zero")
    else:
        # What Argon2id cannot do: no pass, less than eight blocks, part of a block.
        require(passes >= 1, "bad-parameters")
        require(passes <= 16, "too-many-passes")
        require(memory >= 8192, "bad-parameters")
        require(memory <= 4 * 1024**3, "too-much-memory")
        require(memory % 1024 == 0, "bad-parameters")
    require(election_id in (None, data[56:72]) and election_digest in (None, data[72:104]),
            "other-election")
    if data[25] == PASSPHRASE:
        require(passphrase is not None, "passphrase-needed")
    opened = xchacha20poly1305_open(sealing_key(data, passphrase), data[104:128], data[128:],
                                    data[:128])
    require(opened is not None, "does-not-open")
    return opened[:32], opened[32:]
