"""What the clients' programs share: the server they are told of, and how they tell what came of each case."""

import json
import os
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

ENDPOINT = os.environ['AWS_ENDPOINT_URL_S3']
REGION = os.environ['AWS_REGION']
ROOT = (os.environ['AWS_ACCESS_KEY_ID'], os.environ['AWS_SECRET_ACCESS_KEY'])
CELL = (os.environ['CELL_ACCESS_KEY_ID'], os.environ['CELL_SECRET_ACCESS_KEY'])
"""Opens the bucket `cell`, and not the bucket `others`."""

MIB = 1024 * 1024
ODD_NAMES = json.loads(Path(__file__).with_name('odd-names.json').read_text('utf8'))
CASES = []


def case(function):
    """Makes the function a case; the dashes of its id are underscores in its name."""
    CASES.append(function)
    return function


def run_cases():
    """Runs all cases, and tells of each in a line of JSON."""
    for function in CASES:
        started = time.monotonic()
        try:
            function()
            detail = ''
        except Exception:
            detail = traceback.format_exc()
        line = {'case': function.__name__.replace('_', '-'), 'ok': detail == '', 'detail': detail}
        print(json.dumps({**line, 'seconds': round(time.monotonic() - started, 3)}), flush=True)


def same(actual, expected):
    """Fails unless the two are equal, and shows both."""
    if actual != expected:
        raise AssertionError(f'expected {short(expected)}, but it is {short(actual)}')


def short(value):
    text = repr(value)
    return text if len(text) < 500 else f'{text[:500]}… ({len(text)} characters)'


@contextmanager
def refused(kind, *words):
    """Fails unless the block raises an error of that kind whose text has one of the words."""
    try:
        yield
    except kind as error:
        if not any(word in str(error) for word in words):
            raise
    else:
        raise AssertionError(f'expected an error with {" or ".join(words)}, but it succeeded')
