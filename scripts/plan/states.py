"""Which stacks have a state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3

from cdktf_app.contacts.sections import LocalBackend
from scripts.shared.aws import CONFIG, assume_role
from scripts.shared.console import CommandError

if TYPE_CHECKING:
    from cdktf_app.contacts.directory import Directory


def stacks_with_state(directory: Directory) -> list[str]:
    """The names of the stacks that have a state with resources in it, so that none is forgotten.

    For states in S3, those that have a state: it is not read.

    Raises:
        CommandError: a state file cannot be read.
        botocore.exceptions.ClientError: AWS rejected the call to list the states in S3.
    """
    backend = directory.backend
    if isinstance(backend, LocalBackend):
        found = []
        for file in sorted((directory.folder / backend.path).glob("*.tfstate")):
            try:
                if json.loads(file.read_text())["resources"]:
                    found.append(file.stem)
            except (OSError, ValueError, KeyError) as error:
                raise CommandError(f"{file}: is not a readable Terraform state ({error}); restore it") from None
        return found
    session = boto3.Session(profile_name=backend.profile, region_name=backend.region)
    if backend.role_arn:
        session = assume_role(session, backend.role_arn)
    prefix = f"{backend.key_prefix.strip('/')}/"
    pages = session.client("s3", config=CONFIG).get_paginator("list_objects_v2")
    keys = [
        entry["Key"]
        for page in pages.paginate(Bucket=backend.bucket, Prefix=prefix)
        for entry in page.get("Contents", ())
    ]
    return sorted(key.removeprefix(prefix).removesuffix(".tfstate") for key in keys if key.endswith(".tfstate"))
