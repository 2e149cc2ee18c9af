"""pyarrow's own S3 file system."""

import os
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
from pyarrow import fs
from reporting import CELL, ENDPOINT, MIB, ODD_NAMES, REGION, ROOT, case, refused, run_cases, same


def connect(keys=ROOT):
    key, secret = keys
    return fs.S3FileSystem(
        access_key=key,
        secret_key=secret,
        region=REGION,
        endpoint_override=urlsplit(ENDPOINT).netloc,
        scheme='http',
        allow_bucket_creation=True,
        allow_bucket_deletion=True,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),
    )


s3 = connect()


def new_bucket(name):
    bucket = f'pyarrow-{name}'
    s3.create_dir(bucket)
    return bucket


def put(path, body=b'x', system=s3, **more):
    with system.open_output_stream(path, **more) as out:
        out.write(body)


def get(path, system=s3):
    with system.open_input_stream(path) as source:
        return source.read()


def type_of(path):
    return s3.get_file_info(path).type


def below(path, recursive=True):
    return sorted(info.path for info in s3.get_file_info(fs.FileSelector(path, recursive=recursive)))


@case
def buckets():
    bucket = new_bucket('buckets')
    same(type_of(bucket), fs.FileType.Directory)
    same(bucket in [info.path for info in s3.get_file_info(fs.FileSelector(''))], True)
    put(f'{bucket}/a/k')
    s3.delete_dir(bucket)
    same(type_of(bucket), fs.FileType.NotFound)


@case
def objects():
    bucket = new_bucket('objects')
    for size in (0, 1024, 6 * MIB):
        body = os.urandom(size)
        put(f'{bucket}/k', body)
        info = s3.get_file_info(f'{bucket}/k')
        same((info.type, info.size), (fs.FileType.File, size))
        same(get(f'{bucket}/k') == body, True)
        s3.delete_file(f'{bucket}/k')
        same(type_of(f'{bucket}/k'), fs.FileType.NotFound)


@case
def copy():
    bucket, other = new_bucket('copy'), new_bucket('copy-other')
    body = os.urandom(MIB)
    put(f'{bucket}/ö from', body)
    s3.copy_file(f'{bucket}/ö from', f'{other}/to')
    same((get(f'{other}/to') == body, get(f'{bucket}/ö from') == body), (True, True))
    with refused(OSError, 'NO_SUCH_KEY'):
        s3.copy_file(f'{bucket}/missing', f'{other}/k')


@case
def move():
    bucket = new_bucket('move')
    put(f'{bucket}/from', b'moved')
    s3.move(f'{bucket}/from', f'{bucket}/to')
    same((get(f'{bucket}/to'), type_of(f'{bucket}/from')), (b'moved', fs.FileType.NotFound))


@case
def metadata():
    bucket = new_bucket('metadata')
    headers = {'Content-Type': 'text/csv; charset=utf-8', 'Content-Language': 'de', 'Cache-Control': 'max-age=60'}
    put(f'{bucket}/k', metadata=headers)
    with s3.open_input_stream(f'{bucket}/k') as source:
        kept = source.metadata()
    same({name: kept[name].decode() for name in headers}, headers)


@case
def ranges():
    bucket = new_bucket('ranges')
    body = os.urandom(MIB)
    put(f'{bucket}/k', body)
    with s3.open_input_file(f'{bucket}/k') as file:
        same(file.size(), MIB)
        for start, size in ((0, 10), (1000, 1000), (MIB - 7, 7), (MIB - 7, 100), (MIB, 1)):
            same(file.read_at(size, start), body[start : start + size])
            file.seek(start)
            same(file.read(size), body[start : start + size])
        file.seek(-3, 2)
        same(file.read(), body[-3:])


@case
def multipart():
    bucket = new_bucket('multipart')
    body = os.urandom(12 * MIB + 1)
    put(f'{bucket}/k', body)
    same(get(f'{bucket}/k') == body, True)


@case
def unknown_length():
    bucket = new_bucket('unknown-length')
    pieces = [os.urandom(size) for size in (1, 0, 4 * MIB, 7, 8 * MIB, 1000)]
    with s3.open_output_stream(f'{bucket}/k') as out:
        for piece in pieces:
            out.write(piece)
    same(get(f'{bucket}/k') == b''.join(pieces), True)


@case
def odd_keys():
    bucket = new_bucket('odd-keys')
    paths = [f'{bucket}/{name}/file' for name in ODD_NAMES]
    for path in paths:
        put(path, path.encode())
    for path in paths:
        same(get(path), path.encode())
        same(below(os.path.dirname(path)), [path])
    same(below(bucket, recursive=False), sorted(map(os.path.dirname, paths)))
    for path in paths:
        s3.delete_file(path)


@case
def pages():
    same(len(below('many')), 2525)
    same(below('many', recursive=False), [f'many/part={part:02}' for part in range(25)])
    same(below('many/part=03'), [f'many/part=03/{number:04}' for number in range(300, 400)])


@case
def delete_many():
    bucket = new_bucket('delete-many')
    for number in range(30):
        put(f'{bucket}/dir/sub{number % 3}/{number}')
    put(f'{bucket}/dirty')
    s3.delete_dir(f'{bucket}/dir')
    same(below(bucket), [f'{bucket}/dirty'])
    s3.delete_dir_contents(bucket, accept_root_dir=True)
    same(below(bucket), [])


@case
def directories():
    bucket = new_bucket('directories')
    s3.create_dir(f'{bucket}/a/b/c')
    same(below(bucket), [f'{bucket}/a', f'{bucket}/a/b', f'{bucket}/a/b/c'])
    put(f'{bucket}/a/b/file')
    same(below(f'{bucket}/a', recursive=False), [f'{bucket}/a/b'])
    same((type_of(f'{bucket}/a/b'), type_of(f'{bucket}/a/b/file')), (fs.FileType.Directory, fs.FileType.File))
    s3.delete_dir_contents(f'{bucket}/a/b')
    same(below(f'{bucket}/a'), [f'{bucket}/a/b'])
    s3.delete_dir(f'{bucket}/a')
    same(below(bucket), [])
    with refused(FileNotFoundError, 'does not exist'):
        below(f'{bucket}/never-made')


def table():
    return pa.table({'i': range(3000), 'kind': [f'kind {i % 3}' for i in range(3000)]})


@case
def parquet():
    bucket = new_bucket('parquet')
    pa.parquet.write_table(table(), f'{bucket}/a.parquet', filesystem=s3, row_group_size=100)
    same(pa.parquet.read_table(f'{bucket}/a.parquet', filesystem=s3).equals(table()), True)
    some = pa.parquet.read_table(f'{bucket}/a.parquet', filesystem=s3, columns=['i'], filters=[('i', '<', 2)])
    same(some.to_pydict(), {'i': [0, 1]})


@case
def partitions():
    bucket = new_bucket('partitions')
    layout = pa.dataset.partitioning(pa.schema([('kind', pa.string())]), flavor='hive')
    pa.dataset.write_dataset(table(), f'{bucket}/set', filesystem=s3, format='parquet', partitioning=layout)
    dataset = pa.dataset.dataset(f'{bucket}/set', filesystem=s3, format='parquet', partitioning=layout)
    same((dataset.count_rows(), len(dataset.files)), (3000, 3))
    same(dataset.to_table(filter=pa.dataset.field('kind') == 'kind 1')['i'].to_pylist()[:3], [1, 4, 7])
    again = table().slice(0, 3)
    behavior = {'existing_data_behavior': 'delete_matching'}
    pa.dataset.write_dataset(again, f'{bucket}/set', filesystem=s3, format='parquet', partitioning=layout, **behavior)
    dataset = pa.dataset.dataset(f'{bucket}/set', filesystem=s3, format='parquet', partitioning=layout)
    same(sorted(dataset.to_table()['i'].to_pylist()), [0, 1, 2])


@case
def csv():
    bucket = new_bucket('csv')
    with s3.open_output_stream(f'{bucket}/a.csv') as out:
        pa.csv.write_csv(table(), out)
    with s3.open_input_stream(f'{bucket}/a.csv') as source:
        same(pa.csv.read_csv(source).equals(table()), True)


@case
def missing():
    same((type_of('never-made'), type_of('many/never-put')), (fs.FileType.NotFound, fs.FileType.NotFound))
    for path in ('never-made/k', 'many/never-put'):
        with refused(FileNotFoundError, 'does not exist'):
            get(path)


@case
def wrong_secret():
    with refused(OSError, 'SIGNATURE_DOES_NOT_MATCH'):
        connect((ROOT[0], 'wrong-secret')).get_file_info(fs.FileSelector('many'))
    with refused(OSError, 'INVALID_ACCESS_KEY_ID'):
        connect(('nobody', 'wrong-secret')).get_file_info(fs.FileSelector('many'))


@case
def cell_key():
    cell = connect(CELL)
    put('cell/pyarrow', b'mine', cell)
    same(get('cell/pyarrow', cell), b'mine')
    same([info.path for info in cell.get_file_info(fs.FileSelector(''))], ['cell'])
    for attempt in (
        lambda: get('others/theirs', cell),
        lambda: put('others/pyarrow', b'x', cell),
        lambda: cell.get_file_info(fs.FileSelector('others')),
        lambda: cell.copy_file('others/theirs', 'cell/k'),
        lambda: cell.create_dir('pyarrow-of-a-cell'),
    ):
        with refused(OSError, 'ACCESS_DENIED'):
            attempt()


run_cases()
