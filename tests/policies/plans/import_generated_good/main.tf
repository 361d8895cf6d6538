# terraform plan -generate-config-out: the imported contact has no block yet.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

import {
  to = aws_account_alternate_contact.own
  id = "SECURITY"
}
