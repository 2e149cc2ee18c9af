"""boto3, configured by nothing but AWS's variables, and short forms of what all of its cases do."""

import boto3
from botocore.config import Config

from reporting import ROOT


def connect(keys=ROOT, **config):
    key, secret = keys
    config = Config(retries={'total_max_attempts': 1}, **config)
    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret, config=config)


s3 = connect()


def new_bucket(name):
    bucket = f'boto3-{name}'
    s3.create_bucket(Bucket=bucket)
    return bucket


def put(bucket, key, body=b'x', **more):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **more)


def get(bucket, key, **more):
    return s3.get_object(Bucket=bucket, Key=key, **more)['Body'].read()


def keys_of(bucket, **more):
    return [item['Key'] for item in s3.list_objects_v2(Bucket=bucket, **more).get('Contents', [])]
