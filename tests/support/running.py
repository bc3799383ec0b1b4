"""A program that runs for as long as a `with` block."""

from abc import ABC, abstractmethod
from typing import Self


class Running(ABC):
    """Nothing is left running, also where it did not start whole."""

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def end(self) -> None: ...

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
