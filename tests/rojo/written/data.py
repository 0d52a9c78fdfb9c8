"""JSON, TOML, YAML, texts and tables."""

from typing import Any, Final

from tests.rojo.case import Case, of_folder, text

TABLE: Final[dict[str, Any]] = {
    "array": [1, 2.5, -3, 1e300, 5e-324, "x", True, False, None, [], {}, [[1]]],
    "object": {"a": {"b": {"c": 1}}},
    "and": 1,
    "end": 2,
    "goto": 3,
    "continue": 4,
    "type": 5,
    "1a": 6,
    "a b": 7,
    "é": 8,
    "_x1": 9,
    "": 10,
    'quote"back\\line\nreturn\rtab\t\0\x7f': 'quote"back\\line\nreturn\rtab\t\0\x7f',
    "none": None,
}


def json_file(name: str, content: str | bytes) -> Case:
    return Case(f"json: {name}", of_folder({"a.json": content}))


def toml_file(name: str, content: str | bytes) -> Case:
    return Case(f"toml: {name}", of_folder({"a.toml": content}))


def yaml_file(name: str, content: str | bytes) -> Case:
    return Case(f"yaml: {name}", of_folder({"a.yml": content}))


def csv_file(name: str, content: str | bytes) -> Case:
    return Case(f"csv: {name}", of_folder({"a.csv": content}))


def text_file(name: str, content: str | bytes) -> Case:
    return Case(f"text: {name}", of_folder({"a.txt": content}))


JSON: Final = (
    json_file("everything", text(TABLE)),
    *(
        json_file(f"the value {value}", value)
        for value in ("null", "true", "7", '"x"', "[]", "{}", "[1]", "-0", "-0.0", "1e400", "0.1", "1E5")
    ),
    json_file(
        "whole numbers of every size",
        "[9007199254740993, 18446744073709551616, -9223372036854775809, 123456789012345678901234567890]",
    ),
    json_file("fractions", "[0.1, 1e21, 1e-7, 123456.789e3, 1.7976931348623157e308, 3.0]"),
    json_file("a key comes twice", '{"a": 1, "b": 2, "a": 3}'),
    json_file("keys stay in their order", '{"z": 1, "a": 2, "m": {"y": 1, "b": 2}}'),
    json_file("comments and commas", '// a\n{"a": 1, /* b */ "c": [1, 2,],}'),
    json_file("nothing", ""),
    json_file("only a comment", "// a"),
    json_file("a mark of byte order", '\ufeff{"a": 1}'),
    json_file("not UTF-8", b'"\xff"'),
    json_file("cut off", '{"a": '),
    json_file("two values", "1 2"),
    json_file("a hundred levels", "[" * 100 + "]" * 100),
    json_file("six hundred levels", "[" * 600 + "]" * 600),
    json_file("escapes", '"\\u0000\\u001f\\ud83d\\ude00\\/\\b\\f"'),
    Case(
        "json: as jsonc", of_folder({"a.jsonc": '{"a": 1, // x\n}', "b.meta.jsonc": "{", "c.json": "1", "c.jsonc": "2"})
    ),
)
TOML: Final = (
    toml_file(
        "everything",
        'z = 1\na = "x"\nf = 1.5\nb = true\nd = 1979-05-27T07:32:00Z\nl = 1979-05-27\nt = 07:32:00.5\n'
        "o = 1979-05-27T00:32:00-07:00\n"
        "n = [1, 2, 3]\nempty = []\ni = {y = 1, x = 2}\n[table]\nk = 1\n"
        "[table.inner]\nk = 2\n[[list]]\nk = 1\n[[list]]\nk = 2\n",
    ),
    toml_file("nothing", ""),
    toml_file("a comment", "# x\n"),
    toml_file("infinities", "a = inf\nb = -inf\nc = nan\nd = -nan\n"),
    toml_file(
        "numbers", "a = 1_000\nb = 0xff\nc = 0o17\nd = 0b11\ne = 9223372036854775807\nf = 1e10\ng = -0.0\nh = +5\n"
    ),
    toml_file("a number too large", "a = 9223372036854775808\n"),
    toml_file("strings", 'a = \'\'\'\nx\ny\'\'\'\nb = """\nx\\\n  y"""\nc = \'C:\\x\'\nd = "\\u00e9\\t\\""\n'),
    toml_file("strings with CRLF", 'a = """\r\nx\r\ny"""\r\n'),
    toml_file("keys with dots", 'a.b.c = 1\na.d = 2\n"x.y" = 3\n'),
    toml_file("keys in quotes", '"a b" = 1\n"end" = 2\n"" = 3\n\'q"\' = 4\n'),
    toml_file("a list of more than one type", 'a = [1, "x", 1.5]\n'),
    toml_file("a list of lists", 'a = [[1, 2], ["x"]]\n'),
    toml_file("a list over lines", "a = [\n 1, # x\n 2,\n]\n"),
    toml_file("a key comes twice", "a = 1\na = 2\n"),
    toml_file("a table comes twice", "[a]\nb = 1\n[a]\nc = 2\n"),
    toml_file("a table after its own key", "a = 1\n[a]\nb = 1\n"),
    toml_file("a table within a line over lines", "a = {b = 1,\nc = 2}\n"),
    toml_file("a table within a line that trails", "a = {b = 1,}\n"),
    toml_file("broken", "a = \n"),
    toml_file("a word without quotes", "a = x\n"),
    toml_file("a time with a space", "a = 1979-05-27 07:32:00\n"),
    toml_file("a time without seconds", "a = 07:32\n"),
    toml_file("a day that is none", "a = 1979-02-30\n"),
    toml_file("an escape of its own kind", 'a = "\\x41\\e"\n'),
    toml_file("a mark of byte order", "\ufeffa = 1\n"),
    toml_file("not UTF-8", b'a = "\xff"\n'),
    toml_file("lines end in CR", "a = 1\rb = 2\r"),
)
YAML: Final = (
    yaml_file(
        "everything",
        "s: x\ni: 1\nf: 1.5\nb: true\nn: ~\nl:\n  - 1\n  - [2, 3]\no: {x: 1, y: {z: 2}}\nm: |\n  a\n  b\n"
        "folded: >\n  a\n  b\n'q q': 1\nend: 2\n",
    ),
    yaml_file("nothing", ""),
    yaml_file("a comment", "# x\n"),
    yaml_file("a document of nothing", "---\n"),
    yaml_file("a word alone", "x\n"),
    yaml_file("two documents", "a: 1\n---\nb: 2\n"),
    yaml_file("a document that ends", "---\na: 1\n...\n"),
    yaml_file("words for truth", "[yes, no, on, off, True, TRUE, true, False, y, n]\n"),
    yaml_file("words for nothing", "[null, Null, NULL, ~, '', \"\"]\n"),
    yaml_file("numbers", "[0x1F, 0o17, 017, 1_000, 1e3, .5, 5., +1, -1, 0b11, 1:30, 012]\n"),
    yaml_file("infinities", "[.inf, -.inf, .nan, .Inf, +.inf, inf, nan]\n"),
    yaml_file("a number above 2^53", "a: 9007199254740993\n"),
    yaml_file("a number of 2^53", "a: 9007199254740992\n"),
    yaml_file("a number far below zero", "a: -9223372036854775808\n"),
    yaml_file("a number of more than 64 bits", "a: 18446744073709551616\n"),
    yaml_file("an anchor and its alias", "a: &x {b: 1}\nc: *x\n"),
    yaml_file("an alias of nothing", "a: *x\n"),
    yaml_file("a merged key", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n"),
    yaml_file("tags", "a: !!str 1\nb: !!int '2'\nc: !!float 3\nd: !!bool 'true'\ne: !!null ''\n"),
    yaml_file("a tag that fails", "a: !!int x\n"),
    yaml_file("a tag of somebody", "a: !mine 1\n"),
    yaml_file("keys that are no strings", "1: a\ntrue: b\n1.5: c\n"),
    yaml_file("a key is nothing", "~: a\n"),
    yaml_file("a key is a list", "? [1, 2]\n: a\n"),
    yaml_file("a key is a table", "? {a: 1}\n: b\n"),
    yaml_file("a key comes twice", "a: 1\na: 2\n"),
    yaml_file("a tab indents", "a:\n\tb: 1\n"),
    yaml_file("broken", "a: [1, 2\n"),
    yaml_file("lines end in CRLF", "a: 1\r\nb: |\r\n  x\r\n  y\r\n"),
    yaml_file("dates", "a: 2001-12-14\nb: 2001-12-14t21:59:43.10-05:00\n"),
    yaml_file("a mark of byte order", "\ufeffa: 1\n"),
    yaml_file("not UTF-8", b"a: \xff\n"),
    yaml_file("quotes", "a: \"x\\n\\u00e9\\x41\"\nb: 'it''s'\n"),
    yaml_file("a table inside a line", "a: b: c\n"),
    Case("yaml: both endings", of_folder({"a.yaml": "a: 1\n", "b.yml": "a: 2\n", "c.YML": "a: 3\n"})),
)
TEXT: Final = (
    text_file("lines end in CRLF", "a\r\nb\r\n"),
    text_file("nothing", ""),
    text_file("a mark of byte order", "\ufeffa"),
    text_file("not UTF-8", b"\xff"),
    text_file("every sign", "\0\x01\x7f\u0080\u2028😀"),
)
CSV: Final = (
    csv_file("every column", "Key,Source,Context,Example,en,es\nAck,Ack!,a,An example,Ack,¡Ay!\n"),
    csv_file("quotes and lines", 'Key,en\n"a,b","x ""y"" z"\n"c\nd","e\r\nf"\n'),
    csv_file("cells that are empty", "Key,Source,en\n,,x\na,,\n,b,y\n,,\n"),
    csv_file("lines that are empty", "Key,en\n\n\na,b\n\n"),
    csv_file("nothing", ""),
    csv_file("a head alone", "Key,en\n"),
    csv_file("a head without Key", "en,es\na,b\n"),
    csv_file("too few cells", "Key,en,es\na,b\n"),
    csv_file("too many cells", "Key,en\na,b,c\n"),
    csv_file("a column comes twice", "Key,en,en\na,b,c\n"),
    csv_file("a column without a name", "Key,,en\na,b,c\n"),
    csv_file("lines end in CRLF", "Key,en\r\na,b\r\n"),
    csv_file("lines end in CR", "Key,en\ra,b\r"),
    csv_file("a mark of byte order", "\ufeffKey,en\na,b\n"),
    csv_file("spaces about", "Key, en\n a , b \n"),
    csv_file("a quote in the middle", 'Key,en\na,b"c"d\n'),
    csv_file("a quote has no end", 'Key,en\na,"b\n'),
    csv_file("not UTF-8", b"Key,en\na,\xff\n"),
    csv_file("heads in small letters", "key,source,example\na,b,c\n"),
    csv_file("languages are sorted", "Key,zz,aa,mm\na,1,2,3\n"),
    csv_file("semicolons", "Key;en\na;b\n"),
    csv_file("signs that JSON escapes", 'Key,en\na,"\\ / \t \x01 é 😀"\n'),
)
CASES: Final = (*JSON, *TOML, *YAML, *TEXT, *CSV)
