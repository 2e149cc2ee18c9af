"""boto3: keys of every shape, listings and what works on many objects."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.exceptions import ClientError

from boto3_client import get, keys_of, new_bucket, put, s3
from reporting import ODD_NAMES, case, refused, same


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
