"""Vtiger's query language: words, grammar and the exact complaints of its parser.

`select <*|count(*)|f1,f2> from <Module> [where c {and|or} c ...] [order by f1[,f2] [asc|desc]] [limit [o,]n];`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NoReturn

from vtxero.sandbox.vtiger import errors, values

PAGE: Final = 100
_MODULE: Final = re.compile(r"from\s+([^\s;]+)", re.IGNORECASE)
_WORD: Final = re.compile(r"\s*(?:('(?:[^']|'')*')|(<=|>=|!=|=|<|>)|([,;()])|([^\s,;()<>=!'%]+|[!'%]))")
_OPERATORS: Final = {"=": "EQ", "<": "LT", ">": "GT", "<=": "LTE", ">=": "GTE", "!=": "NE", "in": "IN", "like": "LIKE"}
_KEYWORDS: Final = {
    "select": "SELECT", "from": "FRM", "where": "WHERE", "and": "LOGICAL_AND", "or": "LOGICAL_OR", "limit": "LIMIT",
    "order": "ORDERBY", "by": "BY", "asc": "ASC", "desc": "DESC", "in": "IN", "like": "LIKE", "count": "COUNT",
}  # fmt: skip
_MARKS: Final = {",": "COMMA", ";": "SEMICOLON", "(": "PARENOPEN", ")": "PARENCLOSE", "*": "ASTERISK"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `values` holds several only for `in`."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; `alternatives` are groups of conditions joined by `and`, joined by `or`."""

    module: str
    fields: tuple[str, ...] = ()
    count: bool = False
    alternatives: tuple[tuple[Condition, ...], ...] = ()
    order: tuple[str, ...] = ()
    descending: bool = False
    offset: int = 0
    limit: int = PAGE

    @property
    def everything(self) -> bool:
        return not self.fields and not self.count


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str


def module_named(text: str) -> str:
    """Find the module before anything is parsed, as the server does; a text without `from` is no query."""
    found = _MODULE.search(text)
    if found is None:
        raise errors.denied(on="query")
    return found.group(1)


def parse(text: str) -> Query:
    """Parse a whole query; raises the server's own refusals."""
    return _Parser(_tokens(text)).query()


def _tokens(text: str) -> list[_Token]:
    result: list[_Token] = []
    for string, operator, mark, word in _WORD.findall(text.rstrip()):
        if string:
            if string == "''":
                raise errors.internal()
            result.append(_Token(string, "VALUE"))
        elif operator:
            result.append(_Token(operator, _OPERATORS[operator]))
        elif mark:
            result.append(_Token(mark, _MARKS[mark]))
        else:
            if word.startswith('"'):
                raise errors.internal()
            result.append(_Token(word, _KEYWORDS.get(word.lower()) or _MARKS.get(word, "COLUMNNAME")))
    return result


class _Parser:
    """Reads the words from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        self._expect("SELECT")
        fields, count = self._columns()
        self._expect("FRM", "FRM,COMMA")
        module = self._expect("COLUMNNAME", "TABLENAME").text
        alternatives = self._where() if self._take("WHERE") else ()
        order, descending = self._order()
        offset, limit = self._limit()
        self._end()
        return Query(module, fields, count, alternatives, order, descending, offset, limit)

    def _columns(self) -> tuple[tuple[str, ...], bool]:
        if self._take("ASTERISK"):
            if self._peek("COMMA"):
                self._refuse("FRM,COMMA", kind="Unknown")
            return (), False
        if self._take("COUNT"):
            for kind in ("PARENOPEN", "ASTERISK", "PARENCLOSE"):
                self._expect(kind)
            return (), True
        names = [self._column()]
        while self._take("COMMA"):
            names.append(self._column())
        if self._peek("COLUMNNAME"):
            self._refuse("SELECT")
        return tuple(names), False

    def _column(self) -> str:
        name = self._expect("COLUMNNAME").text
        if "." in name:
            raise errors.internal()
        return name

    def _where(self) -> tuple[tuple[Condition, ...], ...]:
        groups = [[self._condition()]]
        while True:
            if self._take("LOGICAL_AND"):
                groups[-1].append(self._condition())
            elif self._take("LOGICAL_OR"):
                groups.append([self._condition()])
            else:
                return tuple(tuple(group) for group in groups)

    def _condition(self) -> Condition:
        field = self._column()
        token = self._next()
        if token is None or token.kind not in _OPERATORS.values():
            self._back(token)
            self._refuse(",".join(_OPERATORS.values()), kind="VALUE")
        if token.kind == "IN":
            return Condition(field, "IN", self._list())
        return Condition(field, token.kind, (self._value(),))

    def _list(self) -> tuple[str, ...]:
        self._expect("PARENOPEN")
        found = [self._value()]
        while self._take("COMMA"):
            found.append(self._value())
        self._expect("PARENCLOSE")
        return tuple(found)

    def _value(self) -> str:
        token = self._next()
        if token is None or token.kind in {"COMMA", "SEMICOLON", "PARENOPEN", "PARENCLOSE", *_OPERATORS.values()}:
            self._back(token)
            self._refuse("VALUE")
        if token.kind == "VALUE":
            return values.sql_unescape(token.text[1:-1].replace("''", "'"))
        return token.text

    def _order(self) -> tuple[tuple[str, ...], bool]:
        if not self._take("ORDERBY"):
            return (), False
        self._expect("BY")
        names = [self._column()]
        while self._take("COMMA"):
            names.append(self._column())
        if self._take("DESC"):
            return tuple(names), True
        self._take("ASC")
        return tuple(names), False

    def _limit(self) -> tuple[int, int]:
        """Read `limit n` or `limit offset,n`; more than the page, or nothing, is the page."""
        if not self._take("LIMIT"):
            return 0, PAGE
        first = self._whole_number()
        if not self._take("COMMA"):
            return 0, min(first, PAGE)
        return first, min(self._whole_number(), PAGE)

    def _whole_number(self) -> int:
        text = self._expect("COLUMNNAME", "VALUE").text
        if not re.fullmatch(r"-?\d+", text):
            # The real one lets some of these through, and answers now all rows, now none.
            raise errors.NotModelledError(f"limit {text}")
        return max(0, int(text))

    def _end(self) -> None:
        token = self._next()
        if token is not None and token.kind == "SEMICOLON":
            return
        if token is not None and token.text.lower() == "group":
            raise errors.syntax("There is an syntax error in query")
        self._back(token)
        self._refuse("SEMICOLON")

    # -- words -------------------------------------------------------------------------------------------

    def _peek(self, kind: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind == kind

    def _take(self, kind: str) -> bool:
        found = self._peek(kind)
        self._at += found
        return found

    def _next(self) -> _Token | None:
        if self._at >= len(self._tokens):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _back(self, token: _Token | None) -> None:
        self._at -= token is not None

    def _expect(self, kind: str, expected: str | None = None) -> _Token:
        if not self._peek(kind):
            self._refuse(expected or kind)
        self._at += 1
        return self._tokens[self._at - 1]

    def _refuse(self, expected: str, kind: str | None = None) -> NoReturn:
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            kinds = {"PARENOPEN", "PARENCLOSE", "SEMICOLON", "COMMA"}
            name = token.kind if token.kind in kinds and kind != "Unknown" else kind or token.kind
            text, shown = token.text, f"{name}({token.text})"
        else:
            text, shown = (self._tokens[-1].text if self._tokens else ""), "End of Input(0)"
        raise errors.syntax(f"Syntax Error on line 1: token '{text}' Unexpected {shown}, expected one of: {expected}")
