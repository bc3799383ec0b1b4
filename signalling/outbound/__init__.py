"""One message to one other machine: a webhook (F6) or a mail (A7, A10), and how it went.

Who is told what, in which order and how often it is tried is decided by whoever calls; nothing here keeps
anything.
"""
