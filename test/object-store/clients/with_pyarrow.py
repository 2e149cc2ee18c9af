"""Goes through the cases of pyarrow, of which each module makes some."""

import pyarrow_files  # noqa: F401
import pyarrow_tables  # noqa: F401
from reporting import run_cases

run_cases()
