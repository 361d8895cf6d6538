# count on both sides.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_organizations_account" "counted" {
  count = 2

  name  = "team-${count.index}"
  email = "aws-root+team-${count.index}@kaede.example"
}

resource "aws_account_alternate_contact" "counted" {
  count = 2

  account_id             = aws_organizations_account.counted[count.index].id
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
