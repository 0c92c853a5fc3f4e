"""A one-page PDF of plain text lines: enough for an invoice, and nothing more."""

from __future__ import annotations

PAGE = (595, 842)
"""A4 in points."""
LINES = 52
CHARACTERS = 95


def render(lines: list[str]) -> bytes:
    """A PDF that shows ``lines`` from the top; what does not fit is cut with a note."""
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], "(continued in the online invoice)"]
    text = b"BT /F1 10 Tf 50 790 Td 14 TL\n"
    for line in lines:
        text += b"(" + _literal(line) + b") Tj T*\n"
    text += b"ET"
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE[0]} {PAGE[1]}] "
                "/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            ).encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        ]
    )


def _literal(line: str) -> bytes:
    """Escaped for a PDF string; letters outside Windows-1252 become question marks."""
    shown = line[:CHARACTERS].encode("cp1252", "replace")
    shown = bytes(byte if byte >= 32 else 32 for byte in shown)
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    return shown


def _document(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return out
