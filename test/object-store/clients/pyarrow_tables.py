"""pyarrow: tables and datasets."""

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet

from pyarrow_client import new_bucket, s3
from reporting import case, same


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
