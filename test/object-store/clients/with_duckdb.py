"""DuckDB with its httpfs extension. It makes no buckets: the bucket `duckdb` is there for it."""

from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import duckdb_extension_httpfs

from reporting import CELL, ENDPOINT, MIB, ODD_NAMES, REGION, ROOT, case, refused, run_cases, same

EXTENSION = next(Path(duckdb_extension_httpfs.__file__).parent.rglob('httpfs.duckdb_extension'))


@contextmanager
def connected(keys=ROOT):
    """A connection with these keys; `rows(query)` is what a query gives."""
    key, secret = keys
    with duckdb.connect(config={'threads': 2}) as db:
        db.load_extension(str(EXTENSION))
        db.execute(
            f"""CREATE SECRET (TYPE s3, KEY_ID '{key}', SECRET '{secret}', REGION '{REGION}',
            ENDPOINT '{urlsplit(ENDPOINT).netloc}', URL_STYLE 'path', USE_SSL false)"""
        )
        db.execute('SET http_retries = 0')
        yield lambda query: db.execute(query).fetchall()


def literal(text):
    return "'" + text.replace("'", "''") + "'"


@case
def parquet():
    with connected() as rows:
        rows("COPY (SELECT range AS i, 'name ' || range AS name FROM range(1000)) TO 's3://duckdb/parquet/a.parquet'")
        same(rows("SELECT count(*), sum(i) FROM 's3://duckdb/parquet/a.parquet'"), [(1000, 499_500)])
        same(
            rows("SELECT name FROM read_parquet('s3://duckdb/parquet/a.parquet') WHERE i BETWEEN 7 AND 8 ORDER BY i"),
            [('name 7',), ('name 8',)],
        )
        rows("COPY (SELECT 'another' AS name) TO 's3://duckdb/parquet/a.parquet' (FORMAT parquet)")
        same(rows("SELECT * FROM 's3://duckdb/parquet/a.parquet'"), [('another',)])


@case
def globs():
    with connected() as rows:
        for name in ('a1', 'a2', 'b1', 'deep/a3'):
            rows(f"COPY (SELECT '{name}' AS name) TO 's3://duckdb/globs/{name}.parquet' (FORMAT parquet)")
        for pattern, names in {
            '*.parquet': ['a1', 'a2', 'b1'],
            'a[0-9].parquet': ['a1', 'a2'],
            '[b-z]*.parquet': ['b1'],
            '**/*.parquet': ['a1', 'a2', 'b1', 'deep/a3'],
            '*/a3.parquet': ['deep/a3'],
        }.items():
            found = rows(f"SELECT name FROM read_parquet('s3://duckdb/globs/{pattern}') ORDER BY name")
            same((pattern, [name for (name,) in found]), (pattern, names))
        two = "['s3://duckdb/globs/a1.parquet', 's3://duckdb/globs/b1.parquet']"
        same(rows(f'SELECT count(*) FROM read_parquet({two})'), [(2,)])
        same(rows("SELECT count(*) FROM glob('s3://duckdb/globs/nothing-*')"), [(0,)])


@case
def partitions():
    with connected() as rows:
        rows(
            """COPY (SELECT range AS i, range % 3 AS part, CASE WHEN range % 2 = 0 THEN 'ev en' ELSE 'odd' END AS kind
            FROM range(600)) TO 's3://duckdb/partitions' (FORMAT parquet, PARTITION_BY (part, kind))"""
        )
        table = "read_parquet('s3://duckdb/partitions/**/*.parquet', hive_partitioning = true)"
        same(rows(f'SELECT count(*), count(DISTINCT part), sum(i) FROM {table}'), [(600, 3, 179_700)])
        same(rows(f"SELECT count(*), min(i) FROM {table} WHERE part = 1 AND kind = 'ev en'"), [(100, 4)])
        same(rows("SELECT count(*) FROM glob('s3://duckdb/partitions/part=1/*/*.parquet')"), [(2,)])


@case
def csv():
    with connected() as rows:
        rows("COPY (SELECT range AS i, 'a,\"b\"' AS text FROM range(50)) TO 's3://duckdb/csv/a.csv' (HEADER)")
        same(rows("SELECT count(*), sum(i), min(text) FROM 's3://duckdb/csv/a.csv'"), [(50, 1225, 'a,"b"')])
        rows("COPY (SELECT range AS i FROM range(50)) TO 's3://duckdb/csv/a.csv.gz' (HEADER)")
        same(rows("SELECT sum(i) FROM read_csv('s3://duckdb/csv/*.csv.gz')"), [(1225,)])


@case
def multipart():
    with connected() as rows:
        # Parts are a ten-thousandth of it, and at least as large as S3 wants them.
        rows("SET s3_uploader_max_filesize = '50GB'")
        rows(
            """COPY (SELECT range AS i, md5(range::VARCHAR) AS hash FROM range(400000))
            TO 's3://duckdb/multipart/a.parquet' (FORMAT parquet, COMPRESSION uncompressed)"""
        )
        ((size,),) = rows("SELECT size FROM read_blob('s3://duckdb/multipart/a.parquet')")
        same(size > 11 * MIB, True)
        same(
            rows("SELECT count(*), sum(i), count(DISTINCT hash) FROM 's3://duckdb/multipart/a.parquet'"),
            [(400_000, 79_999_800_000, 400_000)],
        )


@case
def ranges():
    with connected() as rows:
        rows(
            """COPY (SELECT range AS i, md5(range::VARCHAR) AS hash, range % 5 AS five FROM range(200000))
            TO 's3://duckdb/ranges/a.parquet' (FORMAT parquet, ROW_GROUP_SIZE 10000, COMPRESSION uncompressed)"""
        )
        # Each reads the end of the file first, then no more than it needs.
        file = "'s3://duckdb/ranges/a.parquet'"
        same(rows(f'SELECT sum(five) FROM {file}'), [(400_000,)])
        same(rows(f'SELECT hash = md5(i::VARCHAR) FROM {file} WHERE i = 123456'), [(True,)])
        same(rows(f'SELECT num_rows, num_row_groups FROM parquet_file_metadata({file})'), [(200_000, 20)])


@case
def odd_keys():
    with connected() as rows:
        urls = [f's3://duckdb/odd-keys/{name}/file.csv' for name in ODD_NAMES]
        for url in urls:
            rows(f'COPY (SELECT 1 AS i) TO {literal(url)} (FORMAT csv)')
            same(rows(f'SELECT i FROM read_csv({literal(url)}, hive_partitioning = false)'), [(1,)])
        found = [url for (url,) in rows("SELECT file FROM glob('s3://duckdb/odd-keys/**')")]
        same(sorted(found), sorted(urls))


@case
def pages():
    with connected() as rows:
        found = [file for (file,) in rows("SELECT file FROM glob('s3://many/**')")]
        same(found, [f's3://many/part={number // 100:02}/{number:04}' for number in range(2500)])
        same(rows("SELECT count(*), sum(content::INTEGER) FROM read_text('s3://many/part=07/*')"), [(100, 74_950)])


@case
def missing():
    with connected() as rows:
        for url in ('s3://never-made/a.csv', 's3://duckdb/never-put.csv'):
            with refused(duckdb.HTTPException, '404'):
                rows(f"SELECT * FROM '{url}'")
        with refused(duckdb.HTTPException, '404'):
            rows("COPY (SELECT 1) TO 's3://never-made/a.csv'")


@case
def wrong_secret():
    for keys, word in {
        (ROOT[0], 'wrong-secret'): 'SignatureDoesNotMatch',
        ('nobody', 'x'): 'InvalidAccessKeyId',
    }.items():
        with connected(keys) as rows:
            for query in ("SELECT * FROM read_text('s3://many/part=00/0000')", "SELECT * FROM glob('s3://many/*')"):
                with refused(duckdb.HTTPException, word):
                    rows(query)


@case
def cell_key():
    with connected(CELL) as rows:
        rows("COPY (SELECT 'mine' AS text) TO 's3://cell/duckdb.parquet' (FORMAT parquet)")
        same(rows("SELECT * FROM 's3://cell/duckdb*.parquet'"), [('mine',)])
        for query in (
            "SELECT * FROM read_text('s3://others/theirs')",
            "SELECT * FROM glob('s3://others/*')",
            "COPY (SELECT 1) TO 's3://others/a.csv'",
        ):
            with refused(duckdb.HTTPException, 'AccessDenied'):
                rows(query)


run_cases()
