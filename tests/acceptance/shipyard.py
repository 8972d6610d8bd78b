"""A fleet, its crews and voyages, as the two upstreams of the tutorial tell of them; all values are our own."""

from __future__ import annotations

from typing import Any

from tests.upstream import Answer, Received, Upstream

TOKEN = "dummy-token"
KEY = "dummy-dockyard-key"

SHIPS = [
    {
        "imo_number": "IMO-1",
        "vessel_name": "Hild",
        "vessel_type": "cargo",
        "flag_code": "NO",
        "operational_status": "active",
        "year_built": 2001,
        "gross_tonnage": 5000,
        "dimensions": {"length_overall": 120.5},
        "assignedCrew": ["C-2", "C-1"],
    },
    {
        "imo_number": "IMO-2",
        "vessel_name": "Tove",
        "vessel_type": "tanker",
        "flag_code": "DK",
        "operational_status": "docked",
        "year_built": 2010,
        "gross_tonnage": 9000,
        "dimensions": {"length_overall": 210},
        "assignedCrew": [],
    },
]
CREW = [
    {"crewId": "C-1", "fullName": "Ane Dahl", "role": "captain"},
    {"crewId": "C-2", "fullName": "Bo Lie", "role": "cook"},
]
CARGO = [{"cargoId": "K-1", "type": "grain", "description": "Rye", "weight": 12.5, "hazardous": False, "value": 9}]
VOYAGE = {
    "voyageId": "V-1",
    "shipImo": "IMO-2",
    "departurePort": "Oslo",
    "arrivalPort": "Riga",
    "departureDate": "2026-01-02",
    "arrivalDate": "2026-01-05",
    "crewIds": ["C-1"],
    "cargoIds": ["K-1", "K-9"],
    "status": "planned",
}
VESSELS = (
    "<vessels><vessel><vesselCode>L-1</vesselCode><vesselName>Old Ask</vesselName><category>cargo</category>"
    "<flagState>GB</flagState><operationalStatus>laid_up</operationalStatus></vessel></vessels>"
)

SHORT = [
    {"imo": "IMO-1", "name": "Hild", "type": "cargo", "flag": "NO", "status": "active"},
    {"imo": "IMO-2", "name": "Tove", "type": "tanker", "flag": "DK", "status": "docked"},
]
SPECS = {"yearBuilt": 2001, "tonnage": 5000, "length": 120.5}
WITH_CREW = {
    **SHORT[0],
    **SPECS,
    "crew": [{"fullName": "Bo Lie", "role": "cook"}, {"fullName": "Ane Dahl", "role": "captain"}],
}
LEGACY = [{"vesselCode": "L-1", "name": "Old Ask", "type": "cargo", "flag": "GB", "status": "laid_up"}]
CREATED = {
    "voyageId": "V-1",
    "shipImo": "IMO-2",
    "route": {"from": "Oslo", "to": "Riga"},
    "dates": {"departure": "2026-01-02", "arrival": "2026-01-05"},
    "crewIds": ["C-1"],
    "cargoIds": ["K-1", "K-9"],
    "status": "planned",
}
PLANNED = {key: VOYAGE[key] for key in VOYAGE if key not in ("voyageId", "status")}
_PARTS: dict[str, Any] = {
    "crew": [{"fullName": "Ane Dahl", "role": "captain"}],
    "cargo": [{"type": "grain", "description": "Rye", "weight": 12.5, "hazardous": False}],
}
MANIFEST = {
    "voyageId": "V-1",
    "status": "planned",
    "route": {"from": "Oslo", "to": "Riga"},
    "ship": {"name": "Tove", "type": "tanker", "flag": "DK"},
    **_PARTS,
}
FLAT_MANIFEST = {
    "voyageId": "V-1",
    "status": "planned",
    "departurePort": "Oslo",
    "arrivalPort": "Riga",
    "shipName": "Tove",
    "shipType": "tanker",
    "shipFlag": "DK",
    **_PARTS,
}


def open_for_business(upstream: Upstream) -> None:
    """Let an upstream answer as both registries do."""
    upstream.answer("GET", "/ships", lambda request: Answer.json(_of_status(request)))
    upstream.answer("GET", "/ships/IMO-1", Answer.json(SHIPS[0]))
    upstream.answer("GET", "/crew", Answer.json(CREW))
    upstream.answer("GET", "/cargo", Answer.json(CARGO))
    upstream.answer("GET", "/voyages/V-1", Answer.json(VOYAGE))
    upstream.answer("POST", "/voyages", lambda request: Answer.json({**VOYAGE, **_posted(request)}, 201))
    upstream.answer("GET", "/vessels", Answer(200, VESSELS.encode(), (("Content-Type", "application/xml"),)))


def _of_status(request: Received) -> list[dict[str, Any]]:
    wanted = dict(request.arguments).get("status")
    return [ship for ship in SHIPS if wanted in (None, ship["operational_status"])]


def _posted(request: Received) -> dict[str, Any]:
    document = request.json
    assert isinstance(document, dict)
    return document
