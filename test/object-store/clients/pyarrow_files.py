"""pyarrow: files and directories."""

import os

from pyarrow import fs

from pyarrow_client import below, connect, get, new_bucket, put, s3, type_of
from reporting import CELL, MIB, ODD_NAMES, ROOT, case, refused, same


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
