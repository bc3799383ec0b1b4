"""QR codes (ISO/IEC 18004), so that a visit can go on at another device by its camera (E5, D7)."""

import io

import segno

QUIET_ZONE = 4
"""Modules of white around the code: what the standard asks for, and what dark mode would else take away."""


def svg(text: str) -> bytes:
    """A black code on white that fills whatever it is shown in. Error correction M: 15 % may be unreadable,
    as by a reflection on a screen.
    """
    drawn = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False)
    code.save(drawn, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return drawn.getvalue()
