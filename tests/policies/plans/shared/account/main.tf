variable "name" {
  type = string
}

variable "contact" {
  type    = bool
  default = false
}

resource "aws_organizations_account" "this" {
  name  = var.name
  email = "aws-root+${var.name}@kaede.example"
}

module "contact" {
  source     = "../contact"
  count      = var.contact ? 1 : 0
  account_id = aws_organizations_account.this.id
}

output "id" {
  value = aws_organizations_account.this.id
}
