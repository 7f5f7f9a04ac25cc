"""The product's own settings, read from an environment that holds nothing of the machine the tests run on.

``POOLHOUSE_TEST_DATABASE_URL`` and ``POOLHOUSE_TEST_REDIS_URL`` choose the backends (see ``tests/backends``).
"""

import atexit
import os
import shutil
import tempfile

from cognito_site.environment import VARIABLES
from tests.backends import databases

_data_dir = tempfile.mkdtemp(prefix="poolhouse-tests-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)

for _name in VARIABLES:
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = _data_dir
os.environ["POOLHOUSE_SECRET_KEYS"] = "8f14e45fceea167a5a36dedd4bea2543a3c65c2b1d7e9f80c4b6a1d2e3f40516"
if "POOLHOUSE_TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["POOLHOUSE_TEST_DATABASE_URL"]
    os.environ["REDIS_URL"] = databases.of_this_process(os.environ["POOLHOUSE_TEST_REDIS_URL"])

from cognito_site.settings import *  # noqa: E402, F403
from cognito_site.settings import DATABASES  # noqa: E402

# The same hash, as small as Argon2 goes.
PASSWORD_HASHERS = ["tests.cheap.Argon2id"]

# Tasks run where they are called, unless a test starts a worker.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of a test must meet the locks that threads of the server meet.
    DATABASES["default"]["TEST"] = {"NAME": f"{_data_dir}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
