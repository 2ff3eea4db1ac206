"""What leaves the machine holds no credential, keeps its lines, and keeps its words."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.assigned import is_credential_of
from orchestrator.code.scrubbing import scrubbed
from orchestrator.code.secrets import MASK

HEX = "9f3c1e77ab204d5886e0c4b2f9137da5"
WORD = "Tr0ub4dor-and-3"
DRAWN = "qL8vZ1xk3Pq9Y7mTn2RwB5cD"
ROOT = Path(__file__).parents[2]

LEAKS = [
    (WORD, f'password = "{WORD}"'),
    ("sunshine", 'password = "sunshine"'),
    (WORD, f"self.db_password: str = '{WORD}'"),
    (WORD, f'.option("password", "{WORD}")'),
    (WORD, f'if password == "{WORD}":'),
    (WORD, f'{{"key": "spark.password", "value": "{WORD}"}}'),
    (WORD, f"- name: DB_PASSWORD\n  value: {WORD}"),
    (WORD, f"DB_PASSWORD={WORD}"),
    (WORD, f"  password: {WORD}"),
    (WORD, f'"\\"password\\": \\"{WORD}\\""'),
    (WORD, f"CREATE USER loader IDENTIFIED BY '{WORD}'"),
    (WORD, f"OPTIONS (url 'jdbc:x', password '{WORD}')"),
    (WORD, f"psql --password {WORD} -h db"),
    (WORD, f"jdbc:sqlserver://db:1433;user=sa;password={WORD};encrypt=true"),
    (WORD, f"jdbc:postgresql://db/x?user=u&password={WORD}&ssl=true"),
    ("Wq8rTz", "postgresql://loader:Wq8rTz@db.corp.net:5432/orders"),
    (WORD, f'password = (\n    "{WORD}"\n)'),
    (WORD, f'password = "{WORD}'),
    (DRAWN, f'client_secret = "{DRAWN}"'),
    (DRAWN, f'spark.conf.set("fs.azure.account.key.acme.dfs.core.windows.net", "{DRAWN}==")'),
    (DRAWN, f"spark.hadoop.fs.s3a.secret.key {DRAWN}"),
    ("Zx9-qwe", 'account_key = "Zx9-qwe"'),
    (DRAWN, f"Endpoint=sb://x;SharedAccessKeyName=root;SharedAccessKey={DRAWN}="),
    ("abcd%2Bef1234567890gh", "https://x.blob.core.windows.net/a?sv=1&sig=abcd%2Bef1234567890gh&se=2"),
    (DRAWN, f"Authorization: Bearer {DRAWN}"),
    (DRAWN, f'headers = {{"Authorization": "Basic {DRAWN}"}}'),
    (HEX, f"# the token of production was {HEX}"),
    (HEX, f'token = "dapi" + "{HEX}"'),
    (HEX[7:], f'token = "{HEX[7:]}"'),
    (f"dapi{HEX}", f"dapi{HEX}"),
    ("eyJzdWIiOiIxMjM0In0", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdEFGH1234"),
    ("eyJzdWIiOiIxMjM0In0", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0"),
]
KEPT = [
    'password = os.environ["DB_PASSWORD_2"]',
    'password = dbutils.secrets.get("kv-prod", "sql-password-2024")',
    'token = dbutils.secrets.get(scope="crm", key="token").strip()',
    "token = get_token(client_id2, scope)",
    "connect(user=user, password=password1, host=host)",
    'password = "${DB_PASSWORD}"',
    "password: {{secrets/kv/sql}}",
    "password=<your-password>",
    'password = "changeme"',
    'password = f"{password}"',
    'secret_scope = "prod-kv-01"',
    'secret = "the_name_of_a_secret"',
    '"password": "The password of the user, at least 8 characters"',
    '{"password": "string", "token": "bytes"}',
    'REQUIRED = ["username", "password", "hostname"]',
    'command = ["auth", "token", "--profile", profile]',
    "max_tokens = 4096",
    "token_expires: 2026-12-08",
    'tokenizer = "bert-base-uncased-2"',
    "def f(password: str, token: Optional[str] = None) -> Secret:",
    ":param token: :class:`TokenInfo2`",
    'f"Bearer {token}"',
    "a Bearer token: whoever holds it may read",
    "passphrase: a sentence that nobody guesses",
    'token_url = "https://login.microsoftonline.com/abc12345/oauth2"',
    "private_key_path: /etc/keys/id_rsa2.pem",
    "export DATABRICKS_TOKEN=sandbox-...",
    'PG_PASSWORD_SCRAM_SHA_256 = "PG_PASSWORD_SCRAM_SHA_256"',
    "secret: class IngestionPipelineDefinitionWorkdayReportParametersQueryKeyValue",
    'header.removeprefix("Bearer ").strip()',
    'paths = ["../../etc/passwd", "a9x/b", "CON"]',
    'assert (env["DATABRICKS_HOST"], env["DATABRICKS_TOKEN"]) == ("http://127.0.0.1:1", "s")',
    f"commit {HEX}",
    f"{HEX}{HEX}",
    f'"{HEX}{HEX}",',
    f"tokenizers==0.1 --hash=sha256:{HEX}{HEX}",
]


@pytest.mark.parametrize(("value", "text"), LEAKS, ids=[text for _, text in LEAKS])
def test_a_credential_does_not_leave(value: str, text: str) -> None:
    shown = scrubbed(f"before = 1\n{text}\nafter = 2\n")
    assert value not in shown
    assert value[-6:] not in shown
    assert MASK in shown
    assert shown.startswith("before = 1\n")
    assert shown.endswith("\nafter = 2\n")
    assert shown.count("\n") == text.count("\n") + 3


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_credential_stays_as_it_is(text: str) -> None:
    assert scrubbed(text) == text


def test_the_issuers_mark_stays_and_nothing_else_of_the_value() -> None:
    assert scrubbed(f'run("dapi{HEX}", 3)') == f'run("dapi{MASK}", 3)'


@pytest.mark.parametrize("end", ["-----END RSA PRIVATE KEY-----\n", ""])
def test_a_private_key_leaves_neither_whole_nor_cut_off(end: str) -> None:
    body = ["".join(random.Random(line).choices(string.ascii_letters + string.digits, k=64)) for line in range(9)]
    shown = scrubbed("\n".join(["-----BEGIN RSA PRIVATE KEY-----", *body, end]))
    assert not any(line[:12] in shown or line[-12:] in shown for line in body)
    assert shown.count("\n") == len(body) + 1 + end.count("\n")


def test_a_private_key_inside_json_does_not_leave() -> None:
    body = "\\n".join("".join(random.Random(line).choices(string.ascii_letters, k=64)) for line in range(5))
    shown = scrubbed(json.dumps({"private_key": f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"}))
    assert body[:16] not in shown
    assert body[-16:] not in shown


@pytest.mark.parametrize("piece", [HEX[7:], HEX[:20], HEX[5:25]])
def test_a_piece_of_a_known_value_does_not_leave(piece: str) -> None:
    assert piece not in scrubbed(f"the answer is {piece}, said twice: {piece}", [f"dapi{HEX}"])


def test_a_value_that_is_masked_once_is_masked_everywhere() -> None:
    shown = scrubbed(f'token = "dapi{HEX}"\nprint("{HEX[7:]}")\nx = "{HEX[:15]}"\n')
    assert shown == f'token = "dapi{MASK}"\nprint("{MASK}")\nx = "{MASK}"\n'


@given(st.text(st.sampled_from("password=:'\"\\ \n;&-{}BEGIN PRIVATE KEYeyJ.://@0a9fZ,()")))
def test_lines_stay_and_a_second_look_changes_nothing(text: str) -> None:
    shown = scrubbed(text)
    assert shown.count("\n") == text.count("\n")
    assert scrubbed(shown) == shown


def test_of_our_own_rules_and_examples_hardly_a_line_is_changed() -> None:
    lines = changed = 0
    for path in sorted([*(ROOT / "orchestrator").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        pairs = list(zip(text.split("\n"), scrubbed(text).split("\n"), strict=True))
        lines += len(pairs)
        changed += sum(before != after for before, after in pairs)
    assert changed * 1_000 < lines


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [
        ("spark.password", WORD, True),
        ("fs.azure.account.key.acme.dfs.core.windows.net", DRAWN, True),
        ("spark.sql.shuffle.partitions", "200", False),
        ("token_type", WORD, False),
        ("password", "{{secrets/kv/sql}}", False),
    ],
)
def test_the_value_of_a_setting_is_judged_by_its_name(name: str, value: str, *, is_one: bool) -> None:
    assert is_credential_of(name, value) is is_one
