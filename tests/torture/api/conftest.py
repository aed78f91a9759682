"""The fixtures of the integration tests: the same servers, bundles and processes."""

from tests.integration.api.conftest import client as client
from tests.integration.api.conftest import new_desk as new_desk
from tests.integration.api.conftest import specs as specs
from tests.integration.api.conftest import start_api as start_api
from tests.integration.conftest import object_store as object_store
from tests.integration.conftest import postgres as postgres
from tests.integration.conftest import servers as servers
from tests.integration.conftest import tracking as tracking
