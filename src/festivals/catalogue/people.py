"""Who can be told: samples, to be replaced with those who work here."""

from steward.model import Person

VERA = Person("vera", "Vera Lindqvist", "vera.lindqvist@festivals.io")
"""VP of Engineering."""
CIARAN = Person("ciaran", "Ciarán Doyle", "ciaran.doyle@festivals.io")
"""CISO."""

# SRE, led by Lea.
LEA = Person("lea", "Lea Brandt", "lea.brandt@festivals.io")
ADA = Person("ada", "Ada Okafor", "ada.okafor@festivals.io")
BEN = Person("ben", "Ben Castillo", "ben.castillo@festivals.io")
CHIARA = Person("chiara", "Chiara Ricci", "chiara.ricci@festivals.io")

# DBA, led by Dimitri.
DIMITRI = Person("dimitri", "Dimitri Petrov", "dimitri.petrov@festivals.io")
ELIF = Person("elif", "Elif Yılmaz", "elif.yilmaz@festivals.io")
FARID = Person("farid", "Farid Haddad", "farid.haddad@festivals.io")

# Backend, led by Greta.
GRETA = Person("greta", "Greta Sørensen", "greta.sorensen@festivals.io")
HIRO = Person("hiro", "Hiro Tanaka", "hiro.tanaka@festivals.io")
INES = Person("ines", "Inês Carvalho", "ines.carvalho@festivals.io")
JONAS = Person("jonas", "Jonas Weber", "jonas.weber@festivals.io")

# Security, led by Kofi.
KOFI = Person("kofi", "Kofi Mensah", "kofi.mensah@festivals.io")
LUCIA = Person("lucia", "Lucía Navarro", "lucia.navarro@festivals.io")
MIRA = Person("mira", "Mira Novak", "mira.novak@festivals.io")

# Platform, led by Nadia.
NADIA = Person("nadia", "Nadia Haas", "nadia.haas@festivals.io")
OSCAR = Person("oscar", "Oscar Nilsen", "oscar.nilsen@festivals.io")
PRIYA = Person("priya", "Priya Raman", "priya.raman@festivals.io")

DESK = Person("oncall", "On-call desk", "oncall@festivals.io", phone="+1-555-FESTIVAL")
"""The mailbox and the emergency number that everybody knows; no one in particular, so in no rotation."""

PEOPLE = (
    *(VERA, CIARAN),
    *(LEA, ADA, BEN, CHIARA),
    *(DIMITRI, ELIF, FARID),
    *(GRETA, HIRO, INES, JONAS),
    *(KOFI, LUCIA, MIRA),
    *(NADIA, OSCAR, PRIYA),
    DESK,
)
