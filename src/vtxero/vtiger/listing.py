"""Which way of reading lists fits which edition."""

from __future__ import annotations

from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.cloud_paging import CloudLists
from vtxero.vtiger.paging import Lists


def lists_of(client: VtigerClient) -> Lists:
    """Give the lists of the edition that answers; costs the login where that has to be found out."""
    return CloudLists(client) if client.edition is Edition.CLOUD else Lists(client)
