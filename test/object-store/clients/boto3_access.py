"""boto3: who may do what, and what nobody can."""

import urllib.error
import urllib.request

from botocore.exceptions import ClientError

from boto3_client import connect, get, new_bucket, put, s3
from reporting import CELL, ROOT, case, refused, same


def ask(url, body=None, **headers):
    """What somebody without keys gets: the status and the body."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, headers=headers, method='GET' if body is None else 'PUT')
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def presigned(bucket, signature_version):
    client = connect(signature_version=signature_version)

    def sign(operation, expires=60, **params):
        return client.generate_presigned_url(operation, Params={'Bucket': bucket, **params}, ExpiresIn=expires)

    key = 'ü a+b%/k'
    same(ask(sign('put_object', Key=key), b'by url', **{'Content-Type': ''})[0], 200)
    same(ask(sign('get_object', Key=key)), (200, b'by url'))
    same(ask(sign('get_object', Key=key, ResponseContentDisposition='attachment; filename="ü b"'))[0], 200)
    same(ask(sign('get_object', Key=key).replace('k?', 'l?'))[0], 403)
    same(ask(sign('get_object', Key=key), b'another method')[0], 403)
    # To SigV4 a life of less than a second is no number.
    same(ask(sign('get_object', Key=key, expires=-10))[0] in (400, 403), True)
    same(get(bucket, key), b'by url')
    return sign


@case
def presigned_v4():
    sign = presigned(new_bucket('presigned-v4'), 's3v4')
    status, answer = ask(sign('list_objects_v2', Prefix='ü'))
    same((status, b'<KeyCount>1</KeyCount>' in answer), (200, True))


@case
def presigned_v2():
    presigned(new_bucket('presigned-v2'), 's3')


@case
def wrong_secret():
    with refused(ClientError, 'SignatureDoesNotMatch'):
        connect((ROOT[0], 'wrong-secret')).list_buckets()
    with refused(ClientError, 'InvalidAccessKeyId'):
        connect(('nobody', 'wrong-secret')).list_buckets()


@case
def cell_key():
    cell = connect(CELL)
    cell.put_object(Bucket='cell', Key='boto3', Body=b'mine')
    same(cell.get_object(Bucket='cell', Key='boto3')['Body'].read(), b'mine')
    same([bucket['Name'] for bucket in cell.list_buckets()['Buckets']], ['cell'])
    for attempt in (
        lambda: cell.get_object(Bucket='others', Key='theirs'),
        lambda: cell.put_object(Bucket='others', Key='boto3', Body=b'x'),
        lambda: cell.list_objects_v2(Bucket='others'),
        lambda: cell.copy_object(Bucket='cell', Key='k', CopySource='others/theirs'),
        lambda: cell.create_bucket(Bucket='boto3-of-a-cell'),
    ):
        with refused(ClientError, 'AccessDenied'):
            attempt()


@case
def not_implemented():
    bucket = new_bucket('not-implemented')
    put(bucket, 'k')
    for attempt in (
        lambda: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Enabled'}),
        lambda: s3.list_object_versions(Bucket=bucket),
        lambda: s3.get_object_tagging(Bucket=bucket, Key='k'),
        lambda: s3.put_object_acl(Bucket=bucket, Key='k', ACL='public-read'),
        lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket),
        lambda: s3.put_bucket_policy(Bucket=bucket, Policy='{}'),
    ):
        with refused(ClientError, 'NotImplemented'):
            attempt()
