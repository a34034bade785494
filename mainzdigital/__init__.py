"""The wiring: settings, the site map, middleware. No word of the domain lives here."""
