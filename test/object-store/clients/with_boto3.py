"""Goes through the cases of boto3, of which each module makes some."""

import boto3_access  # noqa: F401
import boto3_keys  # noqa: F401
import boto3_objects  # noqa: F401
import boto3_uploads  # noqa: F401
from reporting import run_cases

run_cases()
