"""The words of mails: pure, and neutral, for a mail is read over shoulders and on lock screens
(RELIABILITY 7.6)."""

from signalling.letters.words import Kind
from signalling.letters.write import Facts, letter

__all__ = ["Facts", "Kind", "letter"]
