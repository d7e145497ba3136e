"""The syntax of query predicates: tokens, tree, and the vendor's text when it does not parse.

Grammar, from the vendor's page on query predicates::

    or      = and { "or" and }
    and     = unary { "and" unary }
    unary   = "not" "(" or ")" | "(" or ")" | field rest
    rest    = "(" or ")" | operator value | ["not"] "in" list | "contains" ("any" | "all") list
            | "is" ["not"] ("defined" | "empty") | "within" "circle" "(" n "," n "," n ")"
            | "matches" "ignore" "case" string
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from peakproof_simulators.commercetools.errors import Refusal, malformed

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<sign><>|!=|<=|>=|=|<|>|\(|\)|,)
    | (?P<variable>:[A-Za-z][A-Za-z0-9]*)
    | `(?P<quoted>[^`]+)`
    | (?P<word>[A-Za-z_][A-Za-z0-9_-]*)
    )""",
    re.VERBOSE,
)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_PLAIN: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_SIGNS: Final = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_AFTER_FIELD: Final = (
    "SphereIdentifierChar, comparison operator, not, in, contains, is, within or matches"
)
_DEEPEST: Final = 64
_LONGEST_NUMBER: Final = 40


class Variable(NamedTuple):
    """A placeholder, ``:name``, whose value is the parameter ``var.name``."""

    name: str


class Condition(NamedTuple):
    """A field and what is asked of it; ``operand`` is a value, a list, or nothing."""

    field: str
    operator: str
    operand: Any


class Nested(NamedTuple):
    """A predicate about what a field holds."""

    field: str
    inner: Node


class All(NamedTuple):
    """Every part holds."""

    parts: tuple[Node, ...]


class Some(NamedTuple):
    """At least one part holds."""

    parts: tuple[Node, ...]


class Negation(NamedTuple):
    """The part does not hold."""

    inner: Node


Node = Condition | Nested | All | Some | Negation


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Parser:
    def __init__(self, source: str, parameter: str) -> None:
        self.source = source
        self.parameter = parameter
        self.tokens = self._tokens()
        self.position = 0
        self.depth = 0

    def _tokens(self) -> list[_Token]:
        found: list[_Token] = []
        source, at = self.source, 0
        end = len(source.rstrip())
        while at < end:
            match = _TOKEN.match(source, at)
            if match is None:
                while source[at].isspace():
                    at += 1
                raise self.wrong("a predicate", _Token("odd", source[at], at))
            kind = match.lastgroup
            assert kind is not None
            found.append(_Token(kind, match.group(kind), match.start(kind)))
            at = match.end()
        found.append(_Token("end", "", len(source)))
        return found

    def wrong(self, expected: str, token: _Token) -> Refusal:
        before = self.source[: token.at]
        line = before.count("\n") + 1
        column = token.at - (before.rfind("\n") + 1) + 1
        what = "Unexpected end of input" if token.kind == "end" else f"Invalid input '{token.text}'"
        shown = self.source.split("\n")[line - 1]
        return malformed(
            self.parameter,
            f"Syntax error while parsing '{self.parameter}'. {what}, expected {expected} "
            f"(line {line}, column {column}):\n{shown}\n{' ' * (column - 1)}^",
        )

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def take(self) -> _Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def is_word(self, *words: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "word" and token.text in words

    def word(self, *words: str) -> str:
        if not self.is_word(*words):
            raise self.wrong(_listed(words), self.token)
        return self.take().text

    def sign(self, text: str) -> None:
        token = self.token
        if token.kind != "sign" or token.text != text:
            raise self.wrong(f"'{text}'", token)
        self.position += 1

    def whole(self) -> Node:
        node = self.either()
        if self.token.kind != "end":
            raise self.wrong("and, or or end of input", self.token)
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise malformed(self.parameter, "The predicate is nested too deeply.")
        parts = [self.both()]
        while self.is_word("or"):
            self.position += 1
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self) -> Node:
        parts = [self.single()]
        while self.is_word("and"):
            self.position += 1
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def single(self) -> Node:
        token = self.token
        if token.kind == "sign" and token.text == "(":
            return self.grouped()
        if token.kind == "word" and token.text == "not":
            following = self.tokens[self.position + 1]
            if following.kind == "sign" and following.text == "(":
                self.position += 1
                return Negation(self.grouped())
        if token.kind not in ("word", "quoted"):
            raise self.wrong("'(', not or SphereIdentifierChar", token)
        self.position += 1
        return self.about(token.text)

    def grouped(self) -> Node:
        self.sign("(")
        node = self.either()
        self.sign(")")
        return node

    def about(self, field: str) -> Node:
        token = self.token
        if token.kind == "sign":
            if token.text == "(":
                return Nested(field, self.grouped())
            if token.text in _SIGNS:
                self.position += 1
                return Condition(field, _SIGNS[token.text], self.value())
        if token.kind == "word":
            if token.text in ("not", "in"):
                negated = self.take().text == "not"
                if negated:
                    self.word("in")
                found = Condition(field, "in", self.values())
                return Negation(found) if negated else found
            if token.text == "contains":
                self.position += 1
                return Condition(field, f"contains {self.word('any', 'all')}", self.values())
            if token.text == "is":
                return self.presence(field)
            if token.text == "within":
                return self.circle(field)
            if token.text == "matches":
                self.position += 1
                self.word("ignore")
                self.word("case")
                return Condition(field, "matches", self.value())
        raise self.wrong(_AFTER_FIELD, token)

    def presence(self, field: str) -> Node:
        self.word("is")
        negated = self.is_word("not")
        if negated:
            self.position += 1
        found = Condition(field, self.word("defined", "empty"), None)
        return Negation(found) if negated else found

    def circle(self, field: str) -> Node:
        self.word("within")
        self.word("circle")
        numbers = self.values()
        if len(numbers) != 3:
            raise malformed(self.parameter, "'circle' takes a longitude, a latitude and a radius.")
        return Condition(field, "within", numbers)

    def values(self) -> tuple[Any, ...]:
        token = self.token
        if token.kind == "variable":
            self.position += 1
            return (Variable(token.text[1:]),)
        self.sign("(")
        found = [self.value()]
        while self.token.kind == "sign" and self.token.text == ",":
            self.position += 1
            found.append(self.value())
        self.sign(")")
        return tuple(found)

    def value(self) -> Any:
        token = self.take()
        if token.kind == "string":
            return _ESCAPE.sub(_unescaped, token.text[1:-1])
        if token.kind == "number":
            if len(token.text) > _LONGEST_NUMBER:
                raise self.wrong("a shorter number", token)
            return int(token.text) if token.text.lstrip("-").isdigit() else float(token.text)
        if token.kind == "variable":
            return Variable(token.text[1:])
        if token.kind == "word" and token.text in ("true", "false"):
            return token.text == "true"
        raise self.wrong("a string, a number, true, false or ':'", token)


def _unescaped(match: re.Match[str]) -> str:
    text = match.group(1)
    if text[0] == "u" and len(text) == 5:
        return chr(int(text[1:], 16))
    return _PLAIN.get(text, text)


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(words)


def parse(source: str, parameter: str = "where") -> Node:
    """The tree of a predicate.

    Raises:
        Refusal: it does not parse; the message is the vendor's, with line, column and a caret.
    """
    if "`" in source:
        return _Parser(source, parameter).whole()
    # Who polls asks the same with another date: the tree without its texts is kept.
    texts: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        texts.append(match.group())
        return f'"{len(texts) - 1}"'

    template = _STRING.sub(numbered, source)
    try:
        tree = _template(template)
    except Refusal:
        return _Parser(source, parameter).whole()
    return _filled(tree, texts)


@lru_cache(maxsize=1024)
def _template(source: str) -> Node:
    return _Parser(source, "where").whole()


def _filled(node: Node, texts: list[str]) -> Node:
    """A tree whose texts are numbers, with the texts that they stand for."""
    if isinstance(node, Condition):
        operand = node.operand
        if type(operand) is tuple:
            operand = tuple([_text(one, texts) for one in operand])
        return Condition(node.field, node.operator, _text(operand, texts))
    if isinstance(node, Nested):
        return Nested(node.field, _filled(node.inner, texts))
    if isinstance(node, Negation):
        return Negation(_filled(node.inner, texts))
    parts = tuple([_filled(part, texts) for part in node.parts])
    return All(parts) if isinstance(node, All) else Some(parts)


def _text(operand: Any, texts: list[str]) -> Any:
    if not isinstance(operand, str):
        return operand
    found = texts[int(operand)][1:-1]
    return _ESCAPE.sub(_unescaped, found) if "\\" in found else found
