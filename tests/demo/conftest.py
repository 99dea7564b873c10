from collections.abc import Iterator

import httpx
import pytest

from simulator.served import ServedDistrict


@pytest.fixture(scope="session")
def _one_server() -> Iterator[ServedDistrict]:
    with ServedDistrict.in_this_process(1000) as district:
        yield district


@pytest.fixture
def served(_one_server: ServedDistrict) -> ServedDistrict:
    """A district of 1,000 students, as new for every test."""
    _one_server.reset()
    return _one_server


@pytest.fixture(scope="session")
def _one_client(_one_server: ServedDistrict) -> Iterator[httpx.Client]:
    with client_of(_one_server) as client:
        yield client


@pytest.fixture
def api(served: ServedDistrict, _one_client: httpx.Client) -> httpx.Client:
    """A client of that district, with its certificate."""
    return _one_client


def client_of(served: ServedDistrict) -> httpx.Client:
    headers = {"AERIES-CERT": served.certificate, "Accept": "application/json"}
    return httpx.Client(base_url=f"{served.url}/api/v5/", headers=headers, timeout=10)
