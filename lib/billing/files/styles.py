"""The formats of a workbook's cells. Each constant is a place in the list of styles below."""

from __future__ import annotations

from typing import Final

PLAIN, HEAD, WHOLE, DAY_AND_TIME, SHARE, WRAPPED, LABEL, TITLE = range(8)
AMOUNTS: Final = {0: 8, 2: 9, 3: 10}
"""Digits behind the decimal point → style."""

_XFS: Final = (
    ("0", "0", ""),
    ("0", "1", '<alignment vertical="center"/>'),
    ("1", "0", ""),
    ("164", "0", ""),
    ("10", "0", ""),
    ("0", "0", '<alignment vertical="top" wrapText="1"/>'),
    ("0", "1", '<alignment vertical="top"/>'),
    ("0", "2", ""),
    ("3", "0", ""),
    ("4", "0", ""),
    ("165", "0", ""),
)
"""Number format, font, alignment."""


def styles() -> str:
    """`xl/styles.xml`."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
        '<numFmt numFmtId="165" formatCode="#,##0.000"/></numFmts>'
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="14"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE6ECF2"/>'
        '<bgColor indexed="64"/></patternFill></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        '<border><left/><right/><top/><bottom style="thin"><color rgb="FF8A94A0"/></bottom>'
        "<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        f'<cellXfs count="{len(_XFS)}">{"".join(_xf(n, *xf) for n, xf in enumerate(_XFS))}'
        "</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _xf(place: int, form: str, font: str, alignment: str) -> str:
    fill, border = ("2", "1") if place == HEAD else ("0", "0")
    return (
        f'<xf numFmtId="{form}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" '
        f'applyAlignment="1">{alignment}</xf>'
    )
