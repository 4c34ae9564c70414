"""Reads AWS configuration files as the AWS CLI and boto3 do, one after the other.

Each line of stdin is the text of a file, as JSON; each line of stdout what botocore makes of it, or null where it refuses.
"""

import json
import os
import sys
import tempfile

from botocore.configloader import load_config
from botocore.exceptions import ConfigParseError

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "config")
    for line in sys.stdin:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(json.loads(line))
        try:
            loaded = load_config(path)
        except ConfigParseError:
            loaded = None
        print(json.dumps(loaded), flush=True)
