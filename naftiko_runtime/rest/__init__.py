"""The REST face: routes, requests and responses of exposed operations."""
