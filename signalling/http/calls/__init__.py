"""The calls of the API: each handler carries out one checked call, each module ends with its rows of the
table.
"""
