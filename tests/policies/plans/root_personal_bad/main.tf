# A person's root user email on an account made here.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_organizations_account" "single" {
  name  = "single"
  email = "hanako.yamada@kaede.example"
}
