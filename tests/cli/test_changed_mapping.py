"""A changed field map stops runs; the message says which option changed, and a dry run says it beforehand."""

from __future__ import annotations


def one_line(ran):
    return " ".join((ran.out + ran.err).split())


def test_field_map_when_changed_is_named_by_dry_runs_plans_and_the_run_that_stops(shop, vtxero):
    shop.company.organization()
    shop.change(modules={"organizations": {"fields": {"phone": "to-xero", "fax": {"vtiger": "otherphone"}}}})
    assert vtxero("sync").code == 0
    shop.change(modules={"organizations": {"fields": {"phone": "off"}}, "products": {"name_is": "code"}})

    for command, code in ((["sync", "-n"], 0), (["plan"], 0), (["sync", "-y"], 6)):
        ran = vtxero(*command)

        text = one_line(ran)
        assert ran.code == code
        assert "RUN-GUARD-CONFIG: The field maps or matching options in the config changed since the last run: " in text
        assert "modules.organizations.fields.fax was {vtiger: otherphone} and is not set; " in text
        assert "modules.organizations.fields.phone was to-xero and is off; " in text
        assert "modules.products.name_is was name and is code." in text
        assert "--allow config" in text
    assert vtxero("sync", "-y", "--allow", "config").code == 0
    assert "RUN-GUARD-CONFIG" not in one_line(vtxero("sync", "-n"))
