"""A statement word by word, for those that Databricks has and no parser of ours knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlglot.dialects.databricks import Databricks
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from orchestrator.workspace.sandbox.warehouse.failure import StatementFailedError, syntax

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.warehouse.session import Session

_QUOTED = TokenType.IDENTIFIER
_LITERALS = frozenset({TokenType.STRING, TokenType.NUMBER})


class _Words(Databricks.Tokenizer):
    """The tokenizer of Databricks, without statements that it would take whole."""

    COMMANDS: ClassVar[set[TokenType]] = set()


class Reader:
    """The words of one statement, with a place to read on from."""

    def __init__(self, text: str, session: Session) -> None:
        self.text = text
        self._session = session
        self._at = 0
        try:
            self._tokens: list[Token] = list(_Words(dialect=Databricks()).tokenize(text))
        except (SqlglotError, ValueError) as error:
            raise syntax(f"Syntax error: {str(error).splitlines()[0][:200]}") from None
        while self._tokens and self._tokens[-1].token_type is TokenType.SEMICOLON:
            self._tokens.pop()

    def accept(self, *words: str) -> bool:
        """Whether these words come next, in any case; they are passed then."""
        if len(self._tokens) - self._at < len(words):
            return False
        for token, word in zip(self._tokens[self._at :], words, strict=False):
            if token.token_type in {_QUOTED, TokenType.STRING} or token.text.upper() != word:
                return False
        self._at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Pass these words.

        Raises:
            StatementFailedError: something else comes next.
        """
        if not self.accept(*words):
            raise self.unexpected()

    def one_of(self, *words: str) -> str:
        """The one of these words that comes next.

        Raises:
            StatementFailedError: none does.
        """
        for word in words:
            if self.accept(*word.split()):
                return word
        raise self.unexpected()

    def word(self) -> str:
        """The next word or quoted name.

        Raises:
            StatementFailedError: the statement has ended.
        """
        if self.at_end:
            raise self.unexpected()
        token = self._tokens[self._at]
        if token.token_type in _LITERALS or not (token.token_type is _QUOTED or _is_word(token.text)):
            raise self.unexpected()
        self._at += 1
        return token.text

    def name(self) -> str:
        """A name of one or more parts with dots, or what IDENTIFIER(...) stands for.

        Raises:
            StatementFailedError: no name comes next.
        """
        if self.accept("IDENTIFIER", "("):
            found = self.value()
            self.expect(")")
            return ".".join(part.strip("`") for part in found.split("."))
        parts = [self.word()]
        while self.accept("."):
            parts.append(self.word())
        return ".".join(parts)

    def value(self) -> str:
        """A text in quotes, a number, or the value of a parameter.

        Raises:
            StatementFailedError: something else comes next.
        """
        if self.accept(":"):
            return str(self._session.bound(self.word()))
        if not self.at_end and self._tokens[self._at].token_type in _LITERALS:
            self._at += 1
            return self._tokens[self._at - 1].text
        raise self.unexpected()

    def names(self) -> list[str]:
        """Names with commas between them, in brackets.

        Raises:
            StatementFailedError: no such list comes next.
        """
        self.expect("(")
        found = [] if self.accept(")") else [self.name()]
        while found and self.accept(","):
            found.append(self.name())
        if found:
            self.expect(")")
        return found

    def skip(self) -> None:
        """Pass one word, whatever it is."""
        self._at += 1

    def rest(self) -> str:
        """The text from here to the end, as it was written."""
        if self.at_end:
            return ""
        start, end = self._tokens[self._at].start, self._tokens[-1].end
        self._at = len(self._tokens)
        return self.text[start : end + 1]

    def until(self, *words: str) -> str:
        """The text up to one of these words at the same depth, as it was written; the word itself is left.

        Raises:
            StatementFailedError: none of them comes.
        """
        start, depth = self._at, 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if depth == 0 and self._at > start and token.text.upper() in words:
                return self.text[self._tokens[start].start : self._tokens[self._at - 1].end + 1]
            depth += {"(": 1, ")": -1, "<": 1, ">": -1}.get(token.text, 0)
            self._at += 1
        raise self.unexpected()

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def end(self) -> None:
        """Make sure that nothing is left.

        Raises:
            StatementFailedError: something is.
        """
        if not self.at_end:
            raise self.unexpected()

    def unexpected(self) -> StatementFailedError:
        """The failure for what comes next."""
        found = "end of input" if self.at_end else f"'{self._tokens[self._at].text[:40]}'"
        return syntax(f"Syntax error at or near {found}.")


def _is_word(text: str) -> bool:
    return bool(text) and (text[0].isalpha() or text[0] == "_")
