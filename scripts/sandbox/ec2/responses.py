"""DescribeRegions: "the Regions that are enabled for your account, or all Regions" (EC2 API Reference)."""

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from scripts.sandbox.account.models import account_management

STATUS = {"ENABLED_BY_DEFAULT": "opt-in-not-required", "ENABLED": "opted-in", "DISABLED": "not-opted-in"}


def describe_regions(self: EC2Response) -> ActionResult:
    """Answer with the Regions of the caller's account."""
    self.error_on_dryrun()
    every = self._get_bool_param("AllRegions", False) or self._get_param("RegionNames", [])
    wanted = self._get_param("RegionNames", []) or None
    return ActionResult(
        {
            "Regions": [
                {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": STATUS[status]}
                for name, status in sorted(account_management(self.current_account).regions().items())
                if (every or status != "DISABLED") and (wanted is None or name in wanted)
            ]
        }
    )


EC2Response.describe_regions = describe_regions
