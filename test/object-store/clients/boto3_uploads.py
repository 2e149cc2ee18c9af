"""boto3: uploads in parts, streams and checksums."""

import base64
import hashlib
import io
import os
import tempfile
import zlib
from pathlib import Path

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from boto3_client import get, keys_of, new_bucket, put, s3
from reporting import MIB, case, refused, same


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
