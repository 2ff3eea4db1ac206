import json, sys
from tests.workflows.hostile.payloads import payloads
from tests.workflows.hostile.carriers import plant
from tests.workflows.hostile.obedient import Model
from tests.workflows.hostile.planted import *
import pytest
pytestmark = pytest.mark.enable_socket
def where(e):
    for name, secret in ALL.items():
        for form in forms(secret):
            if len(form) < LEAST: continue
            f = form.encode()
            for place, data in [*e.left.items(), *((f"req{i}", json.dumps(a.body, ensure_ascii=False).encode()) for i,a in enumerate(e.asked))]:
                at = data.find(f)
                if at >= 0:
                    print("LEAK", name, form[:14], place, data[max(0,at-60):at+60])
import os
NUMS=[int(x) for x in os.environ.get("NUMS","1").split(",")]
@pytest.mark.parametrize("n", NUMS)
def test_x(n, bench, tmp_path):
    p = payloads()[n-1]
    e = bench.examine(plant(tmp_path/"its", p.carrier, p.hidden), Model(payload=p))
    print(p.name, "code", e.code, len(e.asked), e.changed)
    where(e)
    for path, fs in e.seeded.items():
        print(path, [(f["standing"], f["rule"], f["message"][:80], f.get("standing_reason", "")[:160], f["why"][:200]) for f in fs])
    print([x for x in json.loads(e.reports["json"])["specialists"] if x["reason"]])
