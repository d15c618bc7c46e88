"""The only door of a checkout: `create_app()` makes the web application."""

from backprop.web.application import create_app

__all__ = ["create_app"]
