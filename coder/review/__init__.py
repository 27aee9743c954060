"""The review page: a local web page on which people confirm, change or reject suggestions.

Starlette and Jinja2 on loopback, plain JavaScript modules, nothing from outside. Pages and writes call the same
workflow functions as the command line; decisions are on disk before the screen moves.
"""
