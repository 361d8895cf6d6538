# An address that may be a person's or a team's: it passes, with a note.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "zephyr@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
