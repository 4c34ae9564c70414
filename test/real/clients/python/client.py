"""Asks AWS who it is, as any program with boto3 does: each of CLIENTS clients at once, CALLS times one after the other.

Prints one line of JSON, {"arns": [...], "errors": [...]}; exits 1 where there is an error.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import BotoCoreError, ClientError

calls, clients = map(int, sys.argv[1:])


def ask(_):
    arns, errors = [], []
    try:
        sts = boto3.Session().client("sts")
        for _ in range(calls):
            arns.append(sts.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        errors.append(f"{type(error).__name__}: {error}")
    return arns, errors


with ThreadPoolExecutor(clients) as pool:
    answers = list(pool.map(ask, range(clients)))
arns, errors = (sum(part, []) for part in zip(*answers))
print(json.dumps({"arns": arns, "errors": errors}))
sys.exit(1 if errors else 0)
