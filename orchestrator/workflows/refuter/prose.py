"""Words that are a sentence and no code: a mark stands for them, the same for the same words wherever they stand."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

LEAST = 4
"""Words of a sentence in a value."""
LEAST_IN_NAME = 5
LONG = 6
"""Words that are a sentence though no word of them joins others."""
MOST_TELLS = 2
"""Words of sentences that make what begins as a statement one."""
_MOST = 8
LEAST_UNSPACED = 8
"""Characters of a sentence in a script that is written without spaces."""
_MARK = re.compile(r"⟨(?:prose|name) [0-9a-f]{6}⟩")
_TOKEN = re.compile(
    "[(\"'\u201c\u2018\xab\xbf\xa1]*([^\\W\\d_]+(?:['\u2019-][^\\W\\d_]+)*)[)\"'\u201d\u2019\xbb,.;:!?\u2026]*"
)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1780-\u17ff]")
_CASES = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME = re.compile(r"[^\W\d]\w*")
_JOINED_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*")

_TELLS_WORDS = (
    "the;that;this;these;those;should;are;was;were;will;would;must;could;been;have;has;you;your;its;it;they;who;"
    "whoever;anyone;everyone;nobody;nothing;everything;never;please;always;don't;cannot;there;here;what;which;"
    "because;therefore;says"
)
_TELLS = frozenset(_TELLS_WORDS.split(";"))
"""Words of English sentences that neither SQL nor the names of libraries are made of."""
_OF_NAMES = _TELLS - {"cannot", "could", "has", "have", "must"}
_JOINS_WORDS = (
    "a;an;of;and;or;to;in;is;on;at;by;if;as;be;not;no;so;all;any;for;from;with;into;when;then;than;but;we;do;does;"
    "each;every;some;such;only;also;about;against;where;say;said"
)
_JOINS = frozenset(_JOINS_WORDS.split(";"))
_ELSEWHERE_WORDS = (
    "der;die;das;den;dem;des;ein;eine;ist;sind;wird;werden;und;oder;nicht;kein;keine;wer;dass;alles;bitte;sie;hier;"
    "mit;auf;für;von;zu;le;la;les;un;une;du;est;sont;et;ou;ne;pas;que;qui;dans;pour;sur;ce;cette;il;elle;el;los;"
    "las;una;es;son;y;o;no;se;del;al;por;para;con;como;esta;este;todo;toda;lo;gli;della;di;che;non;per;su;questo;"
    "questa;va;ogni;os;um;uma;de;da;do;em;é;não;isso;sobre;qualquer;deve;het;een;van;niet;dat;voor;nie;jest;na;że"
)
_ELSEWHERE = frozenset(_ELSEWHERE_WORDS.split(";"))
_HEAD = re.compile(
    r"[\s(]*(?:select|with|insert|update|delete|merge|create|alter|drop|grant|revoke|show|describe"
    r"|optimize|vacuum|analyze|refresh|truncate|copy|set|use|from|where|group|order|having|join|left|inner|union"
    r"|partitioned|using|comment|declare|explain|call|values|cast|case|import)\b",
    re.IGNORECASE,
)
_SQL_WORDS = (
    "null;between;like;rlike;ilike;then;when;case;else;end;desc;asc;cast;int;integer;bigint;smallint;string;double;"
    "float;boolean;date;timestamp;decimal;binary;array;map;struct;select;table;join;partition;interval"
)
_SQL = frozenset(_SQL_WORDS.split(";"))
_SQL_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))--[^\n]*|/\*[^\n]*?\*/")
_VALUE = re.compile(r"(?<!\w)'[^']*'")
_IN_DATA = re.compile(r'"(?:[^"\\]|\\.)*"')
_CALL_OR_TEST = re.compile(r"\w\(|\b[Ii][Nn]\s*\(|[=<>]")
_LIST_SHARE, _PLAIN_SHARE, _SQL_SHARE, _RAW_SHARE, _KEYS_SHARE = 0.7, 0.6, 0.34, 0.85, 0.3


def mark(kind: str, words: str) -> str:
    """What stands for these words: who reads it can tell the same words from others, and not what they say."""
    return f"⟨{kind} {sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}⟩"


def without_marks(text: str) -> str:
    """The text without what stands for words."""
    return _MARK.sub("", text)


def without_sql_comments(text: str) -> str:
    """A statement without its comments, line by line as it was."""
    return _SQL_COMMENT.sub("", text)


def is_statement(text: str) -> bool:
    """Whether a text begins as a statement or a clause of SQL and does not go on as a sentence."""
    code = _VALUE.sub("", without_sql_comments(text))
    if not _HEAD.match(code):
        return False
    words = code.lower().split()
    tells = sum(word in _TELLS for word in words)
    return tells < MOST_TELLS or (_MOST * tells < len(words) and any(letter in code for letter in "(=;*"))


@lru_cache(maxsize=20_000)
def is_prose(text: str, *, is_raw: bool = False) -> bool:
    """Whether a value is natural prose: words, and no statement, list, expression, path or pattern."""
    if text.lstrip().startswith(("{", "[")):
        text = _IN_DATA.sub("", text)
    letters = sum(map(str.isalpha, text))
    unspaced = len(_UNSPACED.findall(text))
    if unspaced >= LEAST_UNSPACED and 2 * unspaced >= letters:
        return True
    tokens = text.split()
    words = [match[1].lower() for token in tokens if (match := _TOKEN.fullmatch(token))]
    share = _RAW_SHARE if is_raw else _PLAIN_SHARE
    if len(words) < LEAST or len(words) < share * len(tokens) or is_statement(text):
        return False
    if any(word in _TELLS for word in words):
        return True
    return not _is_expression(words, tokens, text) and _is_sentence(words, text)


def _is_expression(words: list[str], tokens: list[str], text: str) -> bool:
    """Whether words that might be a sentence are rather a condition, types of columns or a list."""
    if _CALL_OR_TEST.search(text) or 2 * sum(map(str.isupper, tokens)) >= len(tokens):
        return True
    sql = sum(word in _SQL for word in words)
    weak = sum(word in _JOINS for word in words)
    if sql and sql + weak >= _SQL_SHARE * len(words):
        return True
    commas, colons = (sum(token.endswith(end) for token in tokens) for end in ",:")
    return commas >= _LIST_SHARE * (len(tokens) - 1) or colons >= _KEYS_SHARE * len(tokens)


def _is_sentence(words: list[str], text: str) -> bool:
    joins = any(word in _JOINS or word in _ELSEWHERE for word in words)
    return joins or len(words) >= LONG or not text.isascii() or text.rstrip().endswith((".", "!", "?"))


def unnamed(text: str, *, joined: bool = False) -> str:
    """The text with a mark for every name in it that reads as a sentence; `joined` takes hyphens as parts of names."""
    return (_JOINED_NAME if joined else _NAME).sub(lambda match: _unnamed(match[0]), text)


def unnamed_path(path: str) -> str:
    """The path with a mark for each of its names that reads as a sentence; what follows the last dot stays."""
    return "/".join(_unnamed_part(part) for part in path.split("/"))


def _unnamed_part(part: str) -> str:
    stem, dot, suffix = part.rpartition(".")
    if not stem or " " in suffix:
        stem, dot, suffix = part, "", ""
    if is_prose(re.sub(r"[_-]+", " ", stem)) and " " in stem:
        return mark("name", stem) + dot + suffix
    return unnamed(stem, joined=True) + dot + suffix


@lru_cache(maxsize=50_000)
def _unnamed(name: str) -> str:
    return mark("name", name) if _is_sentence_name(name) else name


def _is_sentence_name(name: str) -> bool:
    if len(_UNSPACED.findall(name)) >= 2 * LEAST_UNSPACED:
        return True
    words = [word.lower() for word in re.split(r"[_\-\s]+", _CASES.sub(" ", name)) if word]
    is_code = words[:1] == ["expect"] or (name.isalnum() and not name.isalpha())
    if len(words) < LEAST_IN_NAME or is_code:
        return False
    return any(word in _OF_NAMES for word in words) or sum(word in _ELSEWHERE for word in words) >= 2
