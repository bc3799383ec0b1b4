"""Every call of the API, in CONTRACT's order."""

from signalling.http.calls import health

ROUTES = (*health.ROUTES,)
