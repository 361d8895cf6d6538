variable "account_id" {
  type    = string
  default = null
}

variable "types" {
  type    = set(string)
  default = ["SECURITY"]
}

resource "aws_account_alternate_contact" "this" {
  for_each = var.types

  account_id             = var.account_id
  alternate_contact_type = each.key
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-${lower(each.key)}@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
