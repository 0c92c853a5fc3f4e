import httpx
from lib.sandbox.testing import running_sandbox
from lib.sandbox.billing import customers
def test_x():
    with running_sandbox(now=1795000000,frozen=True) as r:
        with r.sandbox.transaction():
            c=customers.create(r.sandbox,{"name":"x"}); c["planted"]=1; r.sandbox.put(c)
        httpx.get(r.url+"/v1/customers/"+c["id"],headers={"Authorization":"Bearer sk_test_x"})
