"""Asks AWS who it is, as any program with boto3 does: each of CLIENTS clients at once, CALLS times one after the other.

With WAIT_FOR each call but the first waits until the file of that name is there. Prints one line of JSON, {"arns": [...], "errors": [...]}; exits 1 where there is an error.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import BotoCoreError, ClientError

calls, clients = map(int, sys.argv[1:])
wait_for = os.environ.get("WAIT_FOR", "/")


def ask(_):
    arns, errors = [], []
    try:
        sts = boto3.Session().client("sts")
        for call in range(calls):
            while call > 0 and not os.path.exists(wait_for):
                time.sleep(0.05)
            arns.append(sts.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        errors.append(f"{type(error).__name__}: {error}")
    return arns, errors


with ThreadPoolExecutor(clients) as pool:
    answers = list(pool.map(ask, range(clients)))
arns, errors = (sum(part, []) for part in zip(*answers))
print(json.dumps({"arns": arns, "errors": errors}))
sys.exit(1 if errors else 0)
