"""What the project's own fixtures must send upstream, call by call."""

from __future__ import annotations

from tests.acceptance.exchange import DOCUMENT, LINES, LINES_ESCAPED, ODD, ODD_SEGMENT, Capability, Exchange
from tests.runner import ROOT

FIXTURES = ROOT / "tests" / "fixtures"

SHIPYARD = Capability(
    FIXTURES / "shipyard-docks.yaml",
    "https://api.shipyard.invalid/v2",
    "/v2",
    "SHIPYARD_API_KEY",
    (
        Exchange("GET finddrydocks", "/v1/dry-docks", "find-dry-docks", {}, "/v2/dry_docks"),
        Exchange(
            "GET finddrydocks",
            "/v1/dry-docks?cursor=x%26y&page_size=5&flooded=true",
            "find-dry-docks",
            {"cursor": "x&y", "page_size": 5, "flooded": True},
            "/v2/dry_docks",
            (("cursor", "x&y"), ("page_size", "5"), ("flooded", "true")),
        ),
        Exchange(
            "GET finddrydocks",
            f"/v1/dry-docks?cursor={LINES_ESCAPED}&flooded=false",
            "find-dry-docks",
            {"cursor": LINES, "flooded": False},
            "/v2/dry_docks",
            (("cursor", LINES), ("flooded", "false")),
        ),
        Exchange(
            "GET inspectdrydock",
            f"/v1/dry-docks/{ODD_SEGMENT}",
            "inspect-dry-dock",
            {"dry_dock_id": ODD},
            f"/v2/dry_docks/{ODD_SEGMENT}",
        ),
        Exchange(
            "POST releasedrydock",
            f"/v1/dry-docks/{ODD_SEGMENT}/release",
            "release-dry-dock",
            {"dry_dock_id": ODD},
            f"/v2/dry_docks/{ODD_SEGMENT}/release",
        ),
        Exchange(
            "GET listdockbookings",
            f"/v1/dry-docks/{ODD_SEGMENT}/bookings?page_size=5",
            "list-dock-bookings",
            {"dry_dock_id": ODD, "page_size": 5},
            f"/v2/dry_docks/{ODD_SEGMENT}/bookings",
            (("page_size", "5"),),
        ),
        Exchange(
            "GET listdockbookings",
            "/v1/dry-docks/7/bookings?cursor=%C3%A9",
            "list-dock-bookings",
            {"dry_dock_id": "7", "cursor": "é"},
            "/v2/dry_docks/7/bookings",
            (("cursor", "é"),),
        ),
    ),
)

LIBRARY = Capability(
    FIXTURES / "library-loans.yaml",
    "https://api.library.invalid/v1",
    "/v1",
    "LIBRARY_API_KEY",
    (
        Exchange("POST post", "/v1/loans", "lend-book", {"body": DOCUMENT}, "/v1/loans", document=DOCUMENT),
        Exchange("GET get", "/v1/loans", "list-all-loans", {}, "/v1/loans"),
        Exchange("POST post", "/v1/loans/quote", "quote-fee", {"body": DOCUMENT}, "/v1/loans/quote", document=DOCUMENT),
        Exchange(
            "GET get",
            "/v1/loans/branches/limits?branch_name=x%26y",
            "get-branch-limits",
            {"branch_name": "x&y"},
            "/v1/loans/branches/limits",
            (("branch_name", "x&y"),),
        ),
        Exchange("GET get", "/v1/loans/branches/open", "list-open-branches", {}, "/v1/loans/branches/open"),
        Exchange("GET get", f"/v1/loans/{ODD_SEGMENT}", "show-loan", {"id": ODD}, f"/v1/loans/{ODD_SEGMENT}"),
        Exchange(
            "DELETE delete",
            f"/v1/loans/{ODD_SEGMENT}?waive=true",
            "forget-loan",
            {"id": ODD, "waive": True},
            f"/v1/loans/{ODD_SEGMENT}",
            (("waive", "true"),),
        ),
        Exchange("DELETE delete", "/v1/loans/5", "forget-loan", {"id": "5"}, "/v1/loans/5"),
        Exchange(
            "POST post",
            f"/v1/loans/{ODD_SEGMENT}/renew",
            "renew-loan",
            {"id": ODD},
            f"/v1/loans/{ODD_SEGMENT}/renew",
        ),
        Exchange("GET get", "/v1/loans/l-1/reminders", "list-reminders", {"id": "l-1"}, "/v1/loans/l-1/reminders"),
        Exchange("GET get", "/v1/loans/l-1/history", "show-loan-history", {"id": "l-1"}, "/v1/loans/l-1/history"),
        Exchange("GET get", "/v1/loans/l-1/statistics", "get-statistics", {"id": "l-1"}, "/v1/loans/l-1/statistics"),
        Exchange(
            "GET get",
            "/v1/loans/l-1/statistics",
            "get-statistics",
            {"id": "l-1", "body": DOCUMENT},
            "/v1/loans/l-1/statistics",
            document=DOCUMENT,
        ),
        Exchange(
            "GET get",
            "/v1/shelf/export?shelf_id=ft%3Ajob%2F1%20%C3%A9&page_number=5&edition=x%26y",
            "export-shelf",
            {"shelf_id": ODD, "page_number": 5, "edition": "x&y"},
            "/v1/shelf/export",
            (("shelf_id", ODD), ("page_number", "5"), ("edition", "x&y")),
        ),
        Exchange(
            "GET get",
            "/v1/shelf/export?shelf_id=s",
            "export-shelf",
            {"shelf_id": "s"},
            "/v1/shelf/export",
            (("shelf_id", "s"),),
        ),
    ),
)

OWN = (SHIPYARD, LIBRARY)
