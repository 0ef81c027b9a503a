"""What people type as Vtiger's address."""

from __future__ import annotations

import pytest

from vtxero.errors import ConfigError
from vtxero.vtiger.address import parse_address


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("crm.example.com", "https://crm.example.com"),
        ("crm.example.com/vtiger", "https://crm.example.com/vtiger"),
        (" https://CRM.Example.com/vtiger/ ", "https://crm.example.com/vtiger"),
        ("https://crm.example.com:443/webservice.php", "https://crm.example.com"),
        ("https://crm.example.com:8443/v8/webservice.php?operation=x", "https://crm.example.com:8443/v8"),
        ("https://crm.example.com/v8/index.php?module=Home", "https://crm.example.com/v8"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:81/a", "http://[::1]:81/a"),
    ],
)
def test_address_in_any_form_gives_one_base(typed, base):
    address = parse_address(typed)
    assert address.base == base
    assert address.endpoint == f"{base}/webservice.php"


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("acme.od2.vtiger.com", "https://acme.od2.vtiger.com"),
        ("https://acme.vtiger.com/", "https://acme.vtiger.com"),
        ("https://acme.od1.vtiger.com/restapi/v1/vtiger/default", "https://acme.od1.vtiger.com"),
        ("http://127.0.0.1:81/restapi/v1/vtiger/default/me", "http://127.0.0.1:81"),
        ("crm.example.com/a/restapi/v1/vtiger/default/", "https://crm.example.com/a"),
    ],
)
def test_address_of_the_cloud_shows_itself(typed, base):
    address = parse_address(typed)
    assert (address.base, address.is_cloud) == (base, True)
    assert address.cloud_endpoint == f"{base}/restapi/v1/vtiger/default"


@pytest.mark.parametrize("typed", ["crm.example.com", "vtiger.com.example.net", "crm.example.com/vtiger"])
def test_address_of_ones_own_does_not_look_like_the_cloud(typed):
    assert not parse_address(typed).is_cloud


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "https://",
        "ftp://crm.example.com",
        "https://crm example.com",
        "https://a:b@c.example.com",
        "http://x:99999",
    ],
)
def test_address_that_is_none_is_refused_with_a_remedy(typed):
    with pytest.raises(ConfigError) as caught:
        parse_address(typed)
    assert caught.value.remedy


def test_password_in_address_is_not_repeated_in_the_message():
    with pytest.raises(ConfigError) as caught:
        parse_address("https://ann:s3cret@crm.example.com")
    assert "s3cret" not in str(caught.value)


def test_plain_http_beyond_this_machine_needs_leave():
    with pytest.raises(ConfigError, match="plain http"):
        parse_address("http://crm.example.com")
    assert parse_address("http://crm.example.com", allow_http=True).base == "http://crm.example.com"


def test_page_url_takes_module_and_record_number():
    page = parse_address("crm.example.com/v8").page_url
    assert page.format(module="Invoice", id="28") == (
        "https://crm.example.com/v8/index.php?module=Invoice&view=Detail&record=28"
    )
