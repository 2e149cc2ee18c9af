"""boto3: buckets and objects."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from boto3_client import connect, get, new_bucket, put, s3
from reporting import MIB, case, refused, same


@case
def buckets():
    bucket = new_bucket('buckets')
    same(bucket in [item['Name'] for item in s3.list_buckets()['Buckets']], True)
    same(s3.head_bucket(Bucket=bucket)['ResponseMetadata']['HTTPStatusCode'], 200)
    put(bucket, 'k')
    with refused(ClientError, 'BucketNotEmpty'):
        s3.delete_bucket(Bucket=bucket)
    s3.delete_object(Bucket=bucket, Key='k')
    s3.delete_bucket(Bucket=bucket)
    with refused(ClientError, '404'):
        s3.head_bucket(Bucket=bucket)
    with refused(ClientError, 'InvalidBucketName'):
        connect().create_bucket(Bucket='a..b')


@case
def location():
    same(s3.get_bucket_location(Bucket=new_bucket('location'))['LocationConstraint'], None)


@case
def objects():
    bucket = new_bucket('objects')
    for size in (0, 1024, 6 * MIB):
        body = os.urandom(size)
        etag = put(bucket, 'k', body)['ETag']
        same(etag, f'"{hashlib.md5(body).hexdigest()}"')
        head = s3.head_object(Bucket=bucket, Key='k')
        same((head['ContentLength'], head['ETag']), (size, etag))
        same(get(bucket, 'k') == body, True)
        s3.delete_object(Bucket=bucket, Key='k')
        with refused(ClientError, 'NoSuchKey'):
            get(bucket, 'k')
    s3.delete_object(Bucket=bucket, Key='never-there')


@case
def copy():
    bucket, other = new_bucket('copy'), new_bucket('copy-other')
    body = os.urandom(MIB)
    put(bucket, 'ö/from', body, Metadata={'a': 'b'}, ContentType='text/csv')
    source = {'Bucket': bucket, 'Key': 'ö/from'}
    s3.copy_object(Bucket=other, Key='to', CopySource=source)
    answer = s3.get_object(Bucket=other, Key='to')
    same((answer['Metadata'], answer['ContentType'], answer['Body'].read() == body), ({'a': 'b'}, 'text/csv', True))
    s3.copy_object(Bucket=bucket, Key='ö/from', CopySource=source, Metadata={'c': 'd'}, MetadataDirective='REPLACE')
    same(s3.head_object(Bucket=bucket, Key='ö/from')['Metadata'], {'c': 'd'})
    with refused(ClientError, 'InvalidRequest'):
        s3.copy_object(Bucket=bucket, Key='ö/from', CopySource=source)
    with refused(ClientError, 'NoSuchKey'):
        s3.copy_object(Bucket=bucket, Key='k', CopySource={'Bucket': bucket, 'Key': 'missing'})
    # Above its threshold boto3 copies by parts.
    s3.copy(source, other, 'parts', Config=TransferConfig(multipart_threshold=1))
    same(get(other, 'parts') == body, True)


@case
def metadata():
    bucket = new_bucket('metadata')
    headers = {
        'CacheControl': 'max-age=60',
        'ContentDisposition': 'attachment; filename="a b.csv"',
        'ContentEncoding': 'identity',
        'ContentLanguage': 'de',
        'ContentType': 'text/csv; charset=utf-8',
    }
    put(bucket, 'k', Metadata={'plain': 'a value', 'encoded': '=?UTF-8?B?w7w=?='}, **headers)
    head = s3.head_object(Bucket=bucket, Key='k')
    same({name: head[name] for name in headers}, headers)
    # What is beyond ASCII boto3 leaves to its caller, who encodes it.
    same(head['Metadata'], {'plain': 'a value', 'encoded': '=?UTF-8?B?w7w=?='})


@case
def ranges():
    bucket = new_bucket('ranges')
    body = os.urandom(MIB)
    put(bucket, 'k', body)
    for text, expected in {
        'bytes=0-9': body[:10],
        'bytes=1000-1999': body[1000:2000],
        'bytes=1048000-': body[1048000:],
        'bytes=-7': body[-7:],
        'bytes=1048570-9999999': body[1048570:],
    }.items():
        same(get(bucket, 'k', Range=text), expected)
    same(s3.get_object(Bucket=bucket, Key='k', Range='bytes=0-9')['ContentRange'], f'bytes 0-9/{MIB}')
    with refused(ClientError, 'InvalidRange'):
        get(bucket, 'k', Range=f'bytes={MIB}-')


@case
def conditional_get():
    bucket = new_bucket('conditional-get')
    etag = put(bucket, 'k')['ETag']
    modified = s3.head_object(Bucket=bucket, Key='k')['LastModified']
    same(get(bucket, 'k', IfMatch=etag), b'x')
    same(get(bucket, 'k', IfNoneMatch='"other"'), b'x')
    same(get(bucket, 'k', IfUnmodifiedSince=modified), b'x')
    for condition in ({'IfNoneMatch': etag}, {'IfModifiedSince': modified}):
        with refused(ClientError, '304'):
            get(bucket, 'k', **condition)
    with refused(ClientError, 'PreconditionFailed'):
        get(bucket, 'k', IfMatch='"other"')


@case
def conditional_put():
    bucket = new_bucket('conditional-put')
    etag = put(bucket, 'k', IfNoneMatch='*')['ETag']
    with refused(ClientError, 'PreconditionFailed'):
        put(bucket, 'k', IfNoneMatch='*')
    with refused(ClientError, 'PreconditionFailed'):
        put(bucket, 'k', IfMatch='"0123456789abcdef0123456789abcdef"')
    put(bucket, 'k', b'y', IfMatch=etag)

    def attempt(number):
        try:
            put(bucket, 'race', str(number).encode(), IfNoneMatch='*')
            return [number]
        except ClientError as error:
            same(error.response['Error']['Code'] in ('PreconditionFailed', 'ConditionalRequestConflict'), True)
            return []

    with ThreadPoolExecutor(8) as pool:
        winners = [number for won in pool.map(attempt, range(16)) for number in won]
    same([str(number).encode() for number in winners], [get(bucket, 'race')])


@case
def missing():
    with refused(ClientError, 'NoSuchBucket'):
        get('never-made', 'k')
    with refused(ClientError, 'NoSuchKey'):
        get('many', 'never-put')
    with refused(ClientError, '404'):
        s3.head_object(Bucket='many', Key='never-put')
