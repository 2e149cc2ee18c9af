"""pyarrow's own S3 file system, and short forms of what all of its cases do."""

from urllib.parse import urlsplit

from pyarrow import fs

from reporting import ENDPOINT, REGION, ROOT


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
