"""The words of mails: pure, and neutral, for a mail is read over shoulders and on lock screens
(RELIABILITY 7.6)."""

from signalling.letters.words import LetterKind
from signalling.letters.write import LetterFacts, letter

__all__ = ["LetterFacts", "LetterKind", "letter"]
