"""Makes one call through boto3 and prints what came of it as one line of JSON; exits 1 for an error.

Arguments: the service, the method, its parameters as JSON, and the profile whose credentials sign it. Without a profile
it is signed with the keys in the environment; where there are none either it goes unsigned.
"""

import json
import os
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

service, method, parameters, *profile = sys.argv[1:]
signed = profile or "AWS_ACCESS_KEY_ID" in os.environ
config = Config() if signed else Config(signature_version=UNSIGNED)

try:
    session = boto3.Session(profile_name=profile[0] if profile else None, region_name="us-east-1")
    client = session.client(service, config=config)
    answer = getattr(client, method)(**json.loads(parameters))
except ClientError as error:
    answer = error.response["Error"]
except BotoCoreError as error:
    answer = {"Code": type(error).__name__, "Message": str(error)}
answer.pop("ResponseMetadata", None)
print(json.dumps(answer, default=str))
sys.exit("Code" in answer)
