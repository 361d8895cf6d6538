"""`python -m scripts.terraform -chdir=build/contacts state list`: Terraform by hand, set up as `make plan` does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.shared.terraform import Terraform, cli_configuration

if __name__ == "__main__":
    prefix = Terraform(Path.cwd(), cli_configuration(Path("build"))).generate_cmd_string("")
    os.execv(prefix[0], [*prefix, *sys.argv[1:]])
