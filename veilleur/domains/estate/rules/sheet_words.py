"""The words that companies write in their own lists, French and English, and what they stand for.

Compared without capitals, accents and punctuation. New words are added here, with a line of the table's test.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from unicodedata import combining, normalize

from veilleur.domains.estate.rules.components import Hosting
from veilleur.domains.estate.rules.map import AssetKind, LifeState
from veilleur.domains.estate.rules.zones import Environment

_NO_WORD = re.compile(r"[^a-z0-9]+")


class Field(StrEnum):
    """What a column may say of a component. SERVICE and RUNS_ON name others, by their names."""

    NAME = "name"
    KIND = "kind"
    SITE = "site"
    HOST_NAME = "host_name"
    OS_NAME = "os_name"
    MANUFACTURER = "manufacturer"
    MODEL = "model"
    SERIAL = "serial"
    PURPOSE = "purpose"
    SERVICE = "service"
    RUNS_ON = "runs_on"
    LIFE_STATE = "life_state"
    ENVIRONMENT = "environment"
    HOSTING = "hosting"
    BOUGHT_ON = "bought_on"
    WARRANTY_UNTIL = "warranty_until"


def plain(text: str) -> str:
    """Return the words of a cell without capitals, accents, punctuation: "N° de série :" is "n de serie"."""
    letters = "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))
    return _NO_WORD.sub(" ", letters.replace("œ", "oe")).strip()


def _words(table: dict[str, str]) -> dict[str, str]:
    return {plain(word): value for value, words in table.items() for word in words.split("|")}


HEADINGS: dict[str, Field] = {
    word: Field(value)
    for word, value in _words(
        {
            Field.NAME: (
                "nom|name|machine|nom de la machine|nom machine|équipement|composant|désignation|libellé"
                "|serveur|server|nom du serveur|nom serveur|poste|nom du poste|device|computer|ordinateur"
                "|asset"
            ),
            Field.KIND: "type|genre|kind|catégorie|category|nature|type de matériel|type d’équipement",
            Field.SITE: "site|lieu|emplacement|localisation|location|implantation|agence|bâtiment|salle",
            Field.HOST_NAME: "nom d’hôte|hostname|host name|nom dns|dns|fqdn|nom réseau|nom netbios|host",
            Field.OS_NAME: (
                "système|système d’exploitation|os|operating system|système d exploitation|version os"
                "|windows|version windows|distribution"
            ),
            Field.MANUFACTURER: "constructeur|fabricant|marque|manufacturer|vendor|brand|make",
            Field.MODEL: "modèle|model|référence|ref modèle",
            Field.SERIAL: (
                "n° de série|numéro de série|no de série|n° série|num série|serial|serial number|sn|s/n"
                "|service tag|numéro série"
            ),
            Field.PURPOSE: (
                "fonction|rôle|usage|utilité|role|purpose|function|description|à quoi il sert|utilisation"
            ),
            Field.SERVICE: (
                "service|application|applications|logiciel|service métier|service hébergé"
                "|application métier|business service"
            ),
            Field.RUNS_ON: (
                "hyperviseur|hôte|hébergé sur|hôte de virtualisation|hypervisor|runs on|virtualisé sur|esx"
            ),
            Field.LIFE_STATE: "état|statut|status|state|état de vie|en service|life state",
            Field.ENVIRONMENT: "environnement|environment|env|production test",
            Field.HOSTING: "hébergement|hosting|hébergeur|où",
            Field.BOUGHT_ON: (
                "date d’achat|acheté le|achat|mise en service|date de mise en service|purchase date"
                "|purchased|bought|date achat|acquisition"
            ),
            Field.WARRANTY_UNTIL: (
                "fin de garantie|garantie|garantie jusqu’au|sous garantie jusqu’au|warranty|warranty end"
                "|warranty until|fin garantie|date fin garantie|fin de support|support jusqu’au"
            ),
        }
    ).items()
}

KINDS = _words(
    {
        AssetKind.SERVER: (
            "serveur|server|srv|serveur physique|physical server|nas|baie|san|stockage|hyperviseur"
            "|hypervisor|esx|esxi"
        ),
        AssetKind.VIRTUAL_MACHINE: (
            "vm|machine virtuelle|virtual machine|virtuel|virtual|serveur virtuel|vps"
        ),
        AssetKind.CONTAINER: "conteneur|container|lxc|docker",
        AssetKind.WORKSTATION: (
            "poste|pc|poste de travail|portable|laptop|ordinateur|workstation|desktop|fixe|station"
            "|ordinateur portable|pc portable|pc fixe|mac|macbook|tablette"
        ),
        AssetKind.NETWORK_DEVICE: (
            "switch|commutateur|routeur|router|pare feu|firewall|borne wifi|borne|access point|ap"
            "|wifi|réseau|équipement réseau|network|network device|box|modem|fortigate"
        ),
        AssetKind.PRINTER: "imprimante|printer|copieur|multifonction|mfp|traceur|photocopieur",
        AssetKind.LINK: "lien|liaison|accès internet|fibre|link|internet|vpn|line|ligne|mpls|4g",
        AssetKind.CLOUD_INSTANCE: "cloud|instance|instance cloud|cloud instance|ec2|azure vm",
        AssetKind.SAAS: "saas|service en ligne|online service|microsoft 365|office 365|google workspace",
    }
)
LIFE_STATES = _words(
    {
        LifeState.PLANNED: "prévu|planned|à venir|commandé|en commande|projet",
        LifeState.IN_SERVICE: (
            "en service|in service|actif|active|oui|yes|production|ok|en production|utilisé|x"
        ),
        LifeState.TO_BE_REPLACED: "à remplacer|to be replaced|obsolète|fin de vie|à changer",
        LifeState.RETIRED: (
            "retiré|retired|hors service|hs|rebut|éteint|décommissionné|non|no|réformé|sorti"
        ),
    }
)
ENVIRONMENTS = _words(
    {
        Environment.PRODUCTION: "production|prod|prd",
        Environment.TEST: (
            "test|recette|préprod|préproduction|dev|développement|qualification|staging|development|formation"
        ),
    }
)
HOSTINGS = _words(
    {
        Hosting.OWN_SITE: ("interne|sur site|on site|local|locaux|chez nous|on premise|onprem|salle serveur"),
        Hosting.PROVIDER: (
            "hébergeur|prestataire|provider|datacenter|data center|externe|infogéré|ovh|hosted|scaleway"
        ),
        Hosting.CLOUD: "cloud|aws|azure|gcp|saas|nuage",
    }
)

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_FRENCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_YEAR = re.compile(r"(\d{4})")
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def day_of(text: str, *, is_end: bool) -> date | None:
    """Return the day that a cell names: 2027-06-30, 30/06/2027, 30/06/27; None where it names none.

    A month or a year alone is its last day where something ends, else its first. Days come before months, as
    in France: 03/04/2027 is 3 April. Two digits of a year are of this century.
    """
    cleaned = text.strip()
    for pattern, order in ((_ISO, (0, 1, 2)), (_FRENCH, (2, 1, 0))):
        match = pattern.fullmatch(cleaned)
        if match:
            year, month, day = (int(match.groups()[place]) for place in order)
            return _date(year if year > 99 else 2000 + year, month, day)
    match = _MONTH.fullmatch(cleaned)
    if match:
        return _edge(int(match[2]), (int(match[1]),), is_end=is_end)
    match = _YEAR.fullmatch(cleaned)
    return _edge(int(match[1]), (1, 12), is_end=is_end) if match else None


def _edge(year: int, months: Iterable[int], *, is_end: bool) -> date | None:
    month = (list(months))[-1 if is_end else 0]
    if not 1 <= month <= 12:
        return None
    return _date(year, month, monthrange(year, month)[1] if is_end and year else 1)


def _date(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
