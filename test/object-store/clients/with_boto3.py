"""boto3, as it is configured by nothing but AWS's variables."""

import base64
import hashlib
import io
import os
import tempfile
import urllib.error
import urllib.request
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from reporting import CELL, MIB, ODD_NAMES, ROOT, case, refused, run_cases, same


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
def multipart():
    bucket = new_bucket('multipart')
    body = os.urandom(12 * MIB + 1)
    transfer = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    with tempfile.NamedTemporaryFile() as up, tempfile.NamedTemporaryFile() as down:
        Path(up.name).write_bytes(body)
        s3.upload_file(up.name, bucket, 'k', Config=transfer)
        same(s3.head_object(Bucket=bucket, Key='k')['ETag'].endswith('-3"'), True)
        s3.download_file(bucket, 'k', down.name, Config=transfer)
        same(Path(down.name).read_bytes() == body, True)


class Unseekable(io.RawIOBase):
    """A stream that can only be read on."""

    def __init__(self, body):
        self.left = io.BytesIO(body)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.left.readinto(buffer)


@case
def unknown_length():
    bucket = new_bucket('unknown-length')
    for size in (0, 1024, 11 * MIB):
        body = os.urandom(size)
        transfer = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
        s3.upload_fileobj(Unseekable(body), bucket, 'k', Config=transfer)
        same(get(bucket, 'k') == body, True)


@case
def multipart_steps():
    bucket = new_bucket('multipart-steps')
    source, parts = os.urandom(6 * MIB), [os.urandom(5 * MIB), b'end']
    put(bucket, 'source', source)
    upload = {'Bucket': bucket, 'Key': 'k'}
    upload['UploadId'] = s3.create_multipart_upload(**upload)['UploadId']
    s3.upload_part(**upload, PartNumber=1, Body=parts[0])
    copy = {'CopySource': {'Bucket': bucket, 'Key': 'source'}, 'CopySourceRange': f'bytes=1-{5 * MIB}'}
    s3.upload_part_copy(**upload, PartNumber=2, **copy)
    s3.upload_part(**upload, PartNumber=7, Body=parts[1])
    listed = s3.list_parts(**upload)['Parts']
    same([(part['PartNumber'], part['Size']) for part in listed], [(1, 5 * MIB), (2, 5 * MIB), (7, 3)])
    same(len(s3.list_parts(**upload, MaxParts=2)['Parts']), 2)
    uploads = s3.list_multipart_uploads(Bucket=bucket, Prefix='k')['Uploads']
    same([item['UploadId'] for item in uploads], [upload['UploadId']])
    chosen = [{'PartNumber': part['PartNumber'], 'ETag': part['ETag']} for part in listed]
    with refused(ClientError, 'InvalidPartOrder'):
        s3.complete_multipart_upload(**upload, MultipartUpload={'Parts': chosen[::-1]})
    s3.complete_multipart_upload(**upload, MultipartUpload={'Parts': chosen})
    same(get(bucket, 'k') == parts[0] + source[1 : 5 * MIB + 1] + parts[1], True)
    upload['UploadId'] = s3.create_multipart_upload(Bucket=bucket, Key='k')['UploadId']
    s3.abort_multipart_upload(**upload)
    with refused(ClientError, 'NoSuchUpload'):
        s3.list_parts(**upload)


@case
def checksums():
    bucket = new_bucket('checksums')
    body = os.urandom(100_000)
    for algorithm in ('CRC32', 'SHA1', 'SHA256'):
        member = f'Checksum{algorithm}'
        told = put(bucket, 'k', body, ChecksumAlgorithm=algorithm)[member]
        # boto3 compares the body with what it is told here.
        answer = s3.get_object(Bucket=bucket, Key='k', ChecksumMode='ENABLED')
        same((answer[member], answer['Body'].read() == body), (told, True))
    # These boto3 does not compute by itself.
    for member, known in {'ChecksumCRC32C': '4waSgw==', 'ChecksumCRC64NVME': 'rosUhgp5mIg='}.items():
        put(bucket, 'k', b'123456789', **{member: known})
        same(s3.head_object(Bucket=bucket, Key='k', ChecksumMode='ENABLED')[member], known)


@case
def multipart_checksums():
    bucket = new_bucket('multipart-checksums')
    body = os.urandom(11 * MIB)
    transfer = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)

    def upload(**more):
        s3.upload_fileobj(io.BytesIO(body), bucket, 'k', Config=transfer, ExtraArgs=more)
        head = s3.head_object(Bucket=bucket, Key='k', ChecksumMode='ENABLED')
        same(get(bucket, 'k', ChecksumMode='ENABLED') == body, True)
        return head[f'Checksum{more["ChecksumAlgorithm"]}'], head['ChecksumType']

    parts = [body[at : at + 5 * MIB] for at in range(0, len(body), 5 * MIB)]
    composite = hashlib.sha256(b''.join(hashlib.sha256(part).digest() for part in parts)).digest()
    same(upload(ChecksumAlgorithm='SHA256'), (f'{base64.b64encode(composite).decode()}-3', 'COMPOSITE'))
    whole = base64.b64encode(zlib.crc32(body).to_bytes(4)).decode()
    same(upload(ChecksumAlgorithm='CRC32', ChecksumType='FULL_OBJECT'), (whole, 'FULL_OBJECT'))


@case
def wrong_checksum():
    bucket = new_bucket('wrong-checksum')
    other = {
        'ChecksumCRC32': 'AAAAAA==',
        'ChecksumCRC32C': 'AAAAAA==',
        'ChecksumCRC64NVME': 'AAAAAAAAAAA=',
        'ChecksumSHA1': base64.b64encode(hashlib.sha1(b'other').digest()).decode(),
        'ChecksumSHA256': base64.b64encode(hashlib.sha256(b'other').digest()).decode(),
        'ContentMD5': base64.b64encode(hashlib.md5(b'other').digest()).decode(),
    }
    for name, value in other.items():
        with refused(ClientError, 'BadDigest', 'XAmzContentChecksumMismatch'):
            put(bucket, 'k', **{name: value})
    same(keys_of(bucket), [])


@case
def odd_keys():
    bucket = new_bucket('odd-keys')
    names = [f'folder/{name}/file' for name in ODD_NAMES]
    for name in names:
        put(bucket, name, name.encode())
    same(keys_of(bucket), sorted(names, key=str.encode))
    for name in names:
        same(get(bucket, name), name.encode())
        same(keys_of(bucket, Prefix=name), [name])
    answer = s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': name} for name in names]})
    same(sorted(item['Key'] for item in answer['Deleted']), sorted(names))
    same(keys_of(bucket), [])


@case
def long_keys():
    bucket = new_bucket('long-keys')
    segment = 'ü' * 63
    key = '/'.join([segment] * 8) + '/' + 'x' * 8
    same(len(key.encode()), 1024)
    put(bucket, key)
    same(keys_of(bucket), [key])
    with refused(ClientError, 'KeyTooLongError'):
        put(bucket, f'{key}x')


@case
def long_segments():
    bucket = new_bucket('long-segments')
    put(bucket, 'x' * 1024)
    same(get(bucket, 'x' * 1024), b'x')


@case
def trailing_slash():
    bucket = new_bucket('trailing-slash')
    put(bucket, 'a/', b'')
    put(bucket, 'a/b', b'b')
    same((get(bucket, 'a/'), get(bucket, 'a/b')), (b'', b'b'))
    same(keys_of(bucket), ['a/', 'a/b'])
    s3.delete_object(Bucket=bucket, Key='a/')
    same(keys_of(bucket), ['a/b'])


@case
def file_and_folder():
    bucket = new_bucket('file-and-folder')
    put(bucket, 'a', b'file')
    put(bucket, 'a/b', b'below')
    same((get(bucket, 'a'), get(bucket, 'a/b'), keys_of(bucket)), (b'file', b'below', ['a', 'a/b']))


@case
def double_slash():
    bucket = new_bucket('double-slash')
    put(bucket, 'a/b', b'one')
    put(bucket, 'a//b', b'two')
    same((get(bucket, 'a/b'), get(bucket, 'a//b'), keys_of(bucket)), (b'one', b'two', ['a//b', 'a/b']))


def with_listing(name):
    bucket = new_bucket(name)
    for key in ('a', 'b/1', 'b/2', 'b/c/3', 'd', 'é/4'):
        put(bucket, key)
    return bucket


@case
def list_v1():
    bucket = with_listing('list-v1')
    answer = s3.list_objects(Bucket=bucket, Delimiter='/')
    same([item['Key'] for item in answer['Contents']], ['a', 'd'])
    same([item['Prefix'] for item in answer['CommonPrefixes']], ['b/', 'é/'])
    answer = s3.list_objects(Bucket=bucket, Prefix='b/', Marker='b/1')
    same([item['Key'] for item in answer['Contents']], ['b/2', 'b/c/3'])
    pages = s3.get_paginator('list_objects').paginate(Bucket=bucket, Delimiter='/', PaginationConfig={'PageSize': 1})
    found = [item for page in pages for item in page.get('Contents', []) + page.get('CommonPrefixes', [])]
    same([item.get('Key') or item['Prefix'] for item in found], ['a', 'b/', 'd', 'é/'])


@case
def list_v2():
    bucket = with_listing('list-v2')
    answer = s3.list_objects_v2(Bucket=bucket, Delimiter='/', Prefix='b/')
    same([item['Key'] for item in answer['Contents']], ['b/1', 'b/2'])
    same(([item['Prefix'] for item in answer['CommonPrefixes']], answer['KeyCount']), (['b/c/'], 3))
    same(keys_of(bucket, StartAfter='b/2'), ['b/c/3', 'd', 'é/4'])
    same(keys_of(bucket, MaxKeys=2), ['a', 'b/1'])
    same(s3.list_objects_v2(Bucket=bucket, FetchOwner=True, MaxKeys=1)['Contents'][0]['Size'], 1)


@case
def pages():
    listed = list(s3.get_paginator('list_objects_v2').paginate(Bucket='many'))
    same([len(page['Contents']) for page in listed], [1000, 1000, 500])
    keys = [item['Key'] for page in listed for item in page['Contents']]
    same(keys, [f'part={number // 100:02}/{number:04}' for number in range(2500)])
    folders = s3.get_paginator('list_objects_v2').paginate(
        Bucket='many', Delimiter='/', PaginationConfig={'PageSize': 10}
    )
    same([len(page['CommonPrefixes']) for page in folders], [10, 10, 5])


@case
def delete_many():
    bucket = new_bucket('delete-many')
    keys = [f'k{number}' for number in range(100)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: put(bucket, key), [*keys, 'stays']))
    objects = [{'Key': key} for key in [*keys, 'never-there']]
    answer = s3.delete_objects(Bucket=bucket, Delete={'Objects': objects})
    same((len(answer['Deleted']), answer.get('Errors', [])), (101, []))
    same(keys_of(bucket), ['stays'])
    same('Deleted' in s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': 'stays'}], 'Quiet': True}), False)


@case
def sync():
    bucket = new_bucket('sync')
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        for name in ('a.txt', 'sub/b.txt', 'sub/deep er/ü.txt'):
            path = Path(one, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        upload_changed(one, bucket)
        Path(one, 'a.txt').write_text('changed')
        same(upload_changed(one, bucket), ['a.txt'])
        for key in keys_of(bucket):
            target = Path(other, key)
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, key, str(target))
        same(files_in(other), files_in(one))


def upload_changed(folder, bucket):
    """As `aws s3 sync` does: what is new, or of another size."""
    sizes = {item['Key']: item['Size'] for item in s3.list_objects_v2(Bucket=bucket).get('Contents', [])}
    changed = [name for name, content in files_in(folder).items() if sizes.get(name) != len(content)]
    for name in changed:
        s3.upload_file(str(Path(folder, name)), bucket, name)
    return changed


def files_in(folder):
    paths = sorted(path for path in Path(folder).rglob('*') if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


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
def missing():
    with refused(ClientError, 'NoSuchBucket'):
        get('never-made', 'k')
    with refused(ClientError, 'NoSuchKey'):
        get('many', 'never-put')
    with refused(ClientError, '404'):
        s3.head_object(Bucket='many', Key='never-put')


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


run_cases()
