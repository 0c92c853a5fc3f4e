"""Who the customers of a made-up company are, each a function of its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LATER: Final = 28 * 86_400
"""Whole weeks, so that what fell on a Monday does again."""
SHIFTS: Final = 13

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

FIRST: Final = (
    "Ada Agnès Aino Anders Ángel Anna Ben Björn Carla Chiara Chloé Daniel Dóra Elif Emil Emma Eoin "
    "Eva Fatima Félix Freya Gabriel Greta Hana Hugo Ida Ines Ivan Jana Jörg Juan Kaito Klara Lars "
    "Lea Lena Léo Liam Lucía Luis Magda Maja Marek Marta Mateo Mia Mila Nadia Nils Noor Olga Oskar "
    "Paul Priya Rosa Sami Sofia Søren Tariq Théo Tomás Uma Vera Yara Yusuf Zoë"
).split()
LAST: Final = (
    "Adler Andersen Bakker Becker Bianchi Björk Brandt Brown Carvalho Castro Chen Conti Costa Díaz "
    "Dubois Eriksson Evans Ferrari Fischer Fontaine Fuchs García Girard Gruber Haas Hansen Horváth "
    "Ivanova Jansen Jensen Jovanović Kaya Keller Khan Kowalski Kraft Kumar Larsen Laurent Lehmann "
    "Lopez Marino Martin Meier Moreau Müller Nagy Nguyen Novák Nowak O'Brien Okafor Olsen Öztürk "
    "Patel Pereira Peterson Petrov Popescu Ricci Richter Romano Rossi Roux Santos Sato Schäfer "
    "Schmidt Silva Singh Smith Sørensen Suzuki Tanaka Taylor Torres Vargas Virtanen Vogel Wagner "
    "Walker Weber Weiß Wilson Wójcik Yılmaz Zhang Zimmermann"
).split()
TRADES: Final = (
    "Analytics Architects Audio Bakery Books Brewing Clinics Coffee Dental Design Energy Films "
    "Foods Freight Garden Hotels Insurance Labs Legal Logistics Media Mobility Music Optics Paper "
    "Pharma Print Robotics Sailing Schools Security Software Solar Sports Studio Textiles Tools "
    "Toys Travel Ventures Watches Wines Works"
).split()
FORMS: Final = ("GmbH", "Ltd", "SARL", "AB", "Inc.", "Oy", "& Sons", "e.V.")
POSTS: Final = ("gmail.example", "outlook.example", "icloud.example", "mail.test", "proton.test")


@dataclass(frozen=True, slots=True)
class Person:
    """``token``: in every id of theirs. ``shift``: seconds that they lived later."""

    token: str
    name: str
    email: str
    org: str
    shift: int


def person(number: int, seed: int) -> Person:
    """Customer ``number`` of the company ``seed``; ids grow with the number."""
    mixed = _mix(number, seed)
    first, last = FIRST[mixed % len(FIRST)], LAST[mixed // 97 % len(LAST)]
    trade, form = TRADES[mixed // 7_919 % len(TRADES)], FORMS[mixed // 611_953 % len(FORMS)]
    token = token_of(number, seed)
    name, post = f"{first} {last}", POSTS[mixed // 15_013 % len(POSTS)]
    if mixed // 3 % 3 == 0:
        name, post = f"{last} {trade} {form}", f"{_plain(last)}-{_plain(trade)}.example"
    email = f"{_plain(first)}.{_plain(last)}{mixed // 31 % 1_000}@{post}"
    shift = mixed // 104_729 % SHIFTS * LATER
    return Person(token, name, email, f"org_{token_of(number - number % 4, seed)}", shift)


def token_of(number: int, seed: int) -> str:
    """Eight characters: five that grow with the number, three of chance."""
    return _base36(number, 5) + _base36(_mix(number, seed + 1) % 36**3, 3)


def _mix(number: int, seed: int) -> int:
    """A large number that looks like chance (splitmix64)."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 & (1 << 64) - 1
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & (1 << 64) - 1
    return mixed ^ mixed >> 31


def _base36(number: int, width: int) -> str:
    found = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        found = _DIGITS[digit] + found
    return found


_ASCII: Final = str.maketrans(
    "áàäåãćčçéèëęíìïıñńóòöøőúùüűýžźżš", "aaaaaccceeeeiiiinnooooouuuuyzzzs", " '.&"
) | {ord("ß"): "ss", ord("ł"): "l", ord("ö"): "oe", ord("ü"): "ue", ord("ğ"): "g"}


def _plain(text: str) -> str:
    return text.lower().translate(_ASCII)
